"""Settings: `env` reads and types the environment, `base` uses it, the other three differ as little as may be."""
