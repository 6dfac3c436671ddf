"""ASGI entry point. The product runs on WSGI: Django costs 5-10 times more CPU under ASGI for code like ours."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msmebazaar.settings.production")
application = get_asgi_application()
