"""`python -m eval.realnews`: questions that people could have typed, over articles of normal length."""
