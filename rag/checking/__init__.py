"""Whether a sentence may be said: each figure, date, name and claim checked against evidence."""
