"""TODO: what is in rag/serving."""
