"""The web: addresses as keys, and the one door through which pages are fetched."""
