"""Real services of the test run's own; only isolation differs from the other environments."""

from msmebazaar.settings.base import *  # noqa: F403
from msmebazaar.settings.base import DATABASES, STORAGES

ENVIRONMENT = "test"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 costs 50 ms a staff log-in by design
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
DATABASES["default"]["CONN_MAX_AGE"] = 0
