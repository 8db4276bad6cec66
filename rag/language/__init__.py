"""Sentences of news read without a model or a parser: words, names, verbs, claims, negation."""
