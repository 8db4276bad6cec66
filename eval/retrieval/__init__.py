"""`python -m eval.retrieval`: search alone, and what each part of it is worth."""
