"""Settings: `env` reads and types the environment, `base` uses it, `local`, `test` and `production` differ as little as may be."""
