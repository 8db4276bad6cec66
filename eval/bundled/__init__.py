"""The bundled questions of `python -m eval`: asked, judged, scored, gated, reported."""
