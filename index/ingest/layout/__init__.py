"""The layout of a document: its paragraphs, headings, items, rows and posts."""
