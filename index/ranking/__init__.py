"""TODO: what is in index/ranking."""
