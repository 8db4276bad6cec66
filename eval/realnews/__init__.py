"""`python -m eval.realnews`: questions as people type them, over articles of normal length."""
