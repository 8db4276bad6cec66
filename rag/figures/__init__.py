"""Quantities in news prose: found and compared, however they are written.

    text -> find_figures -> figures
    a claim's figure, a source's figure -> same (exact), same_amount (whatever is counted),
                                         close (by rounding), order (by size)
    figures, those of the question -> beyond (the new ones)

Code, not the language model, decides whether a quoted sentence bears out the figure of a claim.
This package is a face: other packages import the names below from here.
"""

from rag.figures.compare import beyond, close, normalize, order, same, same_amount
from rag.figures.figure import Figure, Kind
from rag.figures.find import find_figures

__all__ = [
    "Figure", "Kind",
    "beyond", "close", "find_figures", "normalize", "order", "same", "same_amount",
]  # fmt: skip
