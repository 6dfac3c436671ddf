"""What a process that serves or works starts once, after its fork: traces and the reporting of errors."""

from django.conf import settings

from msmebazaar.core import sentry, tracing


def start(role: str) -> None:
    """`role`: `web` or `worker`, the service's name in traces. Nothing happens where neither has an address."""
    tracing.start(
        endpoint=settings.TRACES_ENDPOINT,
        service=f"msmebazaar-{role}",
        release=settings.RELEASE,
        ratio=settings.TRACES_RATIO,
    )
    sentry.configure(dsn=settings.SENTRY_DSN, release=settings.RELEASE, environment=settings.ENVIRONMENT)
