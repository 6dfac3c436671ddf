"""Real services of the test run's own; only isolation differs from the other environments."""

from dataclasses import replace

from msmebazaar.settings import env
from msmebazaar.settings.base import *  # noqa: F403
from msmebazaar.settings.base import DATABASES, INSTALLED_APPS, OBJECT_STORE, STORAGES

ENVIRONMENT = "test"
INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
MIGRATION_LINTER_OPTIONS = {
    "include_apps": ["core", "accounts", "msme", "valuation", "matching", "whatsapp"],
    "sql_analyser": "postgresql",
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 costs 50 ms a staff log-in by design
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
if OBJECT_STORE is not None:  # a bucket for each process of the tests, like a database
    OBJECT_STORE = replace(OBJECT_STORE, bucket=f"{OBJECT_STORE.bucket}-{env.text('PYTEST_XDIST_WORKER', 'alone')}")
    STORAGES["default"]["OPTIONS"] = {**STORAGES["default"]["OPTIONS"], "bucket_name": OBJECT_STORE.bucket}
STATIC_ROOT = None  # nothing is collected here; WhiteNoise asks the finders
WHITENOISE_USE_FINDERS = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
DATABASES["default"]["CONN_MAX_AGE"] = 0

FACET_COUNTS_HOLD_S = 0  # tests share one cache
