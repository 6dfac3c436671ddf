"""ASGI entry point of the live stream (`accounts/stream.py`), a process of its own.

Everything else runs on WSGI: Django costs 5-10 times more CPU under ASGI for code like ours.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msmebazaar.settings.production")
django.setup()

from accounts.stream import application  # noqa: E402 - the application needs settings

__all__ = ["application"]
