"""TODO: what is in index.library."""

from index.library.library import FILE, Encoded, Library, State, encoded, heading, lexical_heading

__all__ = ["FILE", "Encoded", "Library", "State", "encoded", "heading", "lexical_heading"]
