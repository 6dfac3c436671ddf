"""How a ranker comes about: reading what happened, fitting, scoring.

What is fitted here is kept as a model that `matching.engine` reads, in products and benchmarks alike.
"""
