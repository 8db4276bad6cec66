"""`python -m eval.mutants`: false sentences made from true ones, and how many are caught."""
