"""Run a system over a corpus, score it, compare systems, report."""
