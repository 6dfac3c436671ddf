"""One machine, for development and demonstration. The phone simulator exists here and nowhere else."""

from msmebazaar.settings.base import *  # noqa: F403
from msmebazaar.settings.base import STORAGES

ENVIRONMENT = "local"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
