"""`make deploy-check`: `check --deploy` on the production settings with an environment as production would have it.

The values are made up here and thrown away; nothing is connected to.
"""

import base64
import os
import secrets
import subprocess
import sys

ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "msmebazaar.settings.production",
    "DATABASE_URL": "postgres://bazaar:unused@database.example.in:5432/bazaar",
    "REDIS_URL": "redis://:unused@redis.example.in:6379",
    "PUBLIC_BASE_URL": "https://bazaar.example.in",
    "ALLOWED_HOSTS": "bazaar.example.in",
    "TRUSTED_PROXY_COUNT": "1",
    "FIELD_ENCRYPTION_KEYS": "k1:" + base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "S3_BUCKET": "bazaar",
    "CLAMD_ADDRESS": "tcp://127.0.0.1:3310",
    "S3_ACCESS_KEY_ID": "unused",
    "S3_SECRET_ACCESS_KEY": "unused",
    "S3_ENDPOINT_URL": "",
    "TWILIO_API_BASE_URL": "",
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "unused",
    "TWILIO_SMS_FROM": "+15005550006",
    "TWILIO_WHATSAPP_FROM": "whatsapp:+15005550006",
    **{name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "OTP_PEPPER", "BLIND_INDEX_KEY")},
}


def main() -> int:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env={**os.environ, **ENVIRONMENT}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
