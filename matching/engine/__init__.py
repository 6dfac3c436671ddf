"""The matching engine: plain Python, no Django, deterministic. Hard constraints, then a score whose parts add up.

This is its first scorer, attribute rules; the benchmark's learned scorer takes its place behind the same types
(docs/matching.md).
"""

from matching.engine.rules import ENGINE_VERSION, TICKET_STRETCH, Candidate, Part, Scored, Wish, rank, score

__all__ = ["ENGINE_VERSION", "TICKET_STRETCH", "Candidate", "Part", "Scored", "Wish", "rank", "score"]
