"""A real OpenID Connect provider for the tests: allauth's own, in a process and with settings of its own."""

PASSWORD = "the provider's password"
