"""`python -m eval.multihop`: MultiHop-RAG, questions that rest on several articles."""
