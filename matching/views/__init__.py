"""The API of matching, by resource."""
