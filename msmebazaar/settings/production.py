"""Production: hardens, changes nothing else."""

from msmebazaar.settings import env
from msmebazaar.settings.base import *  # noqa: F403
from msmebazaar.settings.base import TWILIO

ENVIRONMENT = "production"
SCAN_REQUIRED = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.integer("TRUSTED_PROXY_COUNT", 0) else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
STAND_IN_IN_USE = TWILIO is not None and not TWILIO.api_base_url.startswith("https://")
