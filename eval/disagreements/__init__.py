"""`python -m eval.disagreements`: labelled cases of articles that disagree or only look so."""
