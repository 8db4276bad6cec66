"""Questions that ask for more than one fact: summaries, timelines, lists, what is new."""
