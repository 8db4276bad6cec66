"""Gates: limits that the metrics of a change must keep; the limits are in `bundled/gates.json`.

CI holds its 73 questions to them (docs/scoreboard.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from index.errors import SourceError


@dataclass(frozen=True, slots=True)
class Gate:
    """One metric and its limit."""

    metric: str
    bound: Literal["minimum", "maximum"]
    limit: float
    value: float | None

    @property
    def passed(self) -> bool:
        """Whether the value keeps the limit; False where the metric does not apply (None)."""
        if self.value is None:
            return False
        if self.bound == "minimum":
            return self.value >= self.limit
        return self.value <= self.limit


def gates(metrics: Mapping[str, Any], path: Path | None = None) -> list[Gate]:
    """Every gate of gates.json with the metric's value; SourceError for a malformed file."""
    source = path or Path(str(files("eval.bundled") / "gates.json"))
    try:
        limits = json.loads(source.read_text(encoding="utf-8"))
        found = [
            Gate(metric, bound, float(limit), metrics.get(metric))
            for bound in ("minimum", "maximum")
            for metric, limit in limits.get(bound, {}).items()
        ]
        unknown = set(limits) - {"minimum", "maximum"}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise SourceError(f"{source} is no table of gates ({error}): mend it") from None
    if unknown:
        raise SourceError(f"{source}: unknown key {sorted(unknown)[0]}; known: minimum, maximum")
    return found
