"""Conversations over the articles that come along: whether each turn is answered."""
