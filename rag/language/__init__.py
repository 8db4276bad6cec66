"""Sentences of news read: words, names, parses, who does what to whom, how far along, denials."""
