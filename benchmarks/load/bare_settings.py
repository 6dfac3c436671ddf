"""Django with nothing but a view: the first baseline."""

from msmebazaar.settings.local import *  # noqa: F403

INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "benchmarks.load.bare"
WSGI_APPLICATION = "benchmarks.load.bare.application"
