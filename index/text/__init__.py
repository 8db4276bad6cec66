"""TODO: what is in index/text."""
