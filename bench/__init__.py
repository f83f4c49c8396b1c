"""Benchmarks: each prints its ratios and writes its section of RESULTS.md (`python -m bench.<name>`)."""
