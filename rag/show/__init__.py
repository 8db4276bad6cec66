"""TODO: what is in rag/show."""
