"""TODO: what is in index/query."""
