"""`python -m eval.speed`: time and memory of adding, searching and answering."""
