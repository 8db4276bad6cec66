"""TODO: what is in rag/checking."""
