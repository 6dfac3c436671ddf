"""The shared kernel. It knows no app and no vendor; every app may use it."""
