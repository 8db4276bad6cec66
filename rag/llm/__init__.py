"""TODO: what is in rag/llm."""
