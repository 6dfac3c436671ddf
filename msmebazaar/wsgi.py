"""WSGI entry point, served by granian."""

import os

from django.core.wsgi import get_wsgi_application

from msmebazaar.core import watching

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msmebazaar.settings.production")
application = get_wsgi_application()
watching.start("web")
