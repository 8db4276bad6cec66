"""TODO: what is in eval/retrieval."""
