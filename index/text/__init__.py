"""Sentences, passages, the words that carry meaning, and several names for one thing."""
