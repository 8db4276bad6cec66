"""The seam to the language model."""
