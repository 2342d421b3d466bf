"""Measures a release build of Plaza: see scripts/bench."""
