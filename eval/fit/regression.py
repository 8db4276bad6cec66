"""Ridge logistic regression, scores of rows left out, and AUC, for the fitting commands.

table (rows, columns), labels (rows,) -> fit: bias, weights;  left_out -> log odds -> auc
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FOLDS = 8  # parts of the cross-validation; not measured

# Inverse strengths of the ridge: of the probes on briefs and for yes/no, and of the line through
# the model's odds, not measured. Of the probes on real news .001 and .003 gave an AUC of .824 and
# .835 on 312 readings ("held"; .866 and .868 for "stated"); of the probe for claims (1,944 rows)
# .0033 is .004 better than .01 left out by author.
STATED_C, YES_C, PROBE_C, CLAIM_C, LINE_C = 0.001, 0.003, 0.003, 0.0033, 1.0

Floats = NDArray[np.float64]


def fit(
    table: Floats, right: NDArray[np.bool_], strength: float, weight: Floats | None = None
) -> tuple[float, list[float]]:
    """Bias and weights of a ridge logistic regression on (rows, columns) and labels (rows,).

    `strength` is scikit-learn's C, on scaled columns; the weights are of the unscaled ones. Both
    classes weigh the same, or each row as `weight` (rows,) says.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(table)
    balance = "balanced" if weight is None else None
    model = LogisticRegression(C=strength, class_weight=balance, max_iter=2000)
    model.fit(scaler.transform(table), right, sample_weight=weight)
    weights = model.coef_[0] / scaler.scale_
    return float(model.intercept_[0] - weights @ scaler.mean_), weights.tolist()


def left_out(
    table: Floats,
    right: NDArray[np.bool_],
    groups: Sequence[str],
    strength: float,
    weight: Floats | None = None,
) -> Floats:
    """Log odds of each row, (rows,), by weights fitted without its group, in `FOLDS` parts."""
    folds = np.array([zlib.crc32(group.encode()) % FOLDS for group in groups])
    out = np.zeros(len(right))
    for fold in range(FOLDS):
        held = folds == fold
        if held.any():
            kept = None if weight is None else weight[~held]
            bias, weights = fit(table[~held], right[~held], strength, kept)
            out[held] = bias + table[held] @ np.array(weights)
    return out


def auc(score: Floats, right: NDArray[np.bool_]) -> float:
    """Area under the ROC curve, 0 to 1."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(right, score))
