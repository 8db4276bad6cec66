"""TODO: what is in rag/language."""
