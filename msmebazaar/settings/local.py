"""One machine, for development and demonstration. The phone simulator exists here and nowhere else."""

from msmebazaar.settings.base import *  # noqa: F403
from msmebazaar.settings.base import INSTALLED_APPS, STORAGES

ENVIRONMENT = "local"
INSTALLED_APPS = [*INSTALLED_APPS, "msmebazaar.devtools"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # http on loopback
STATIC_ROOT = None  # nothing is collected here; WhiteNoise asks the finders
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
