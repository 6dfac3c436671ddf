"""The API of msme, by subject."""
