"""Measurements of what an attacker could tell from outside."""
