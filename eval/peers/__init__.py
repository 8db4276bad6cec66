"""`python -m eval.peers`: Dateline beside other systems, on the same articles and model."""
