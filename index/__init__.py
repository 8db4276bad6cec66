"""News articles go in, ranked passages come out. Knows no answers and no language models."""

import os

# numpy reads this when it loads. With more threads, OpenBLAS keeps them spinning after each product
# and takes a core from the encoder and the language model: 20 ms of a question's evidence
# (docs/design.md, "Time is prompt tokens").
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
