"""A library of articles on disk, and the names by which other code uses it."""

from index.library.library import Encoded, Library, State, encoded, lexical_heading
from index.library.reader import heading
from index.library.sqlite import FILE

__all__ = ["FILE", "Encoded", "Library", "State", "encoded", "heading", "lexical_heading"]
