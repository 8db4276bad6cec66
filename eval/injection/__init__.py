"""`python -m eval.injection`: articles that try to give orders to the model."""
