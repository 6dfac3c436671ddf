"""The API of accounts, by subject."""
