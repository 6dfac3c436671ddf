"""Businesses, their financials and their listings."""
