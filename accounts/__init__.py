"""People, their identities, organisations, one-time codes and sessions."""
