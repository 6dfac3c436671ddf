"""Benchmarks: each figure is a ratio to a baseline measured in the same run, so that it holds on another machine."""
