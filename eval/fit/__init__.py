"""TODO: what is in eval/fit."""
