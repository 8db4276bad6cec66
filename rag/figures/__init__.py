"""TODO: what is in rag.figures."""

from rag.figures.compare import close, normalize, order, same
from rag.figures.figure import Figure, Kind
from rag.figures.find import find_figures

__all__ = ["Figure", "Kind", "close", "find_figures", "normalize", "order", "same"]
