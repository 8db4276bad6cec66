"""Quantities in news prose: found, compared, whatever they are written in.

Code, not the language model, decides whether a claim's figure is borne out by a quoted sentence:
`find_figures` reads both, `same(claim, source)` compares exactly, `close` by rounding, `order` by
size, and `normalize` gives the bare value.
"""

from rag.figures.compare import close, normalize, order, same
from rag.figures.figure import Figure, Kind
from rag.figures.find import find_figures

__all__ = ["Figure", "Kind", "close", "find_figures", "normalize", "order", "same"]
