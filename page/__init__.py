"""The chat page: what is on it, how it looks, and what happens when it is used."""
