"""What stands between a request and an answer: who may ask, how much, and what is written down."""
