"""News articles in, ranked passages out. Nothing here knows about questions' answers or models."""

import os

# Read when numpy loads. With more, OpenBLAS's threads spin for a while after each product and keep
# a core from the encoder and the language model, which took 20 ms of a question's evidence.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
