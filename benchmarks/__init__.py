"""Benchmarks: speed and memory against named peers. `python -m benchmarks` runs them all."""
