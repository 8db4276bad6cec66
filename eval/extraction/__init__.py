"""`python -m eval.extraction`: pages of many shapes to the text and the date that are in them."""
