"""System checks of our own: faults of configuration, named before the first request. Ids `bazaar.E001` …"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from msmebazaar.core import retention

SHORTEST_KEY = 32


@register(Tags.security)
def check_vendor_groups(**_: Any) -> list[CheckMessage]:
    """A vendor whose variables are only partly set is a mistake, not a choice."""
    return [
        Error(
            f"{half.group} is only half configured; missing: {', '.join(half.missing)}.",
            hint="Set all of its variables, or none to switch the vendor off.",
            id="bazaar.E001",
        )
        for half in settings.HALF_SET_GROUPS
    ]


@register(Tags.security)
def check_keys(**_: Any) -> list[CheckMessage]:
    """Signing keys must be long, and each its own."""
    keys = {
        name: getattr(settings, name) for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "OTP_PEPPER", "BLIND_INDEX_KEY")
    }
    found: list[CheckMessage] = [
        Error(f"{name} is shorter than {SHORTEST_KEY} characters.", id="bazaar.E002")
        for name, value in keys.items()
        if len(value) < SHORTEST_KEY
    ]
    if len(set(keys.values())) < len(keys):
        found.append(Error("Two of the keys are the same; each needs its own value.", id="bazaar.E003"))
    return found


@register()
def check_retention(**_: Any) -> list[CheckMessage]:
    """Every rule has somebody who carries it out, and the other way round."""
    return [
        Error(f"{what}: a retention rule without a keeper, or a keeper without a rule.", id="bazaar.E007")
        for what in sorted(retention.unmatched())
    ]


@register(Tags.database)
def check_timeouts(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A statement must end some day. Through a pooler it is the role that says so (`deploy/postgres/role.sql`)."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            # What a session begins with, whatever this one has set since.
            names = ["statement_timeout", "idle_in_transaction_session_timeout"]
            cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s) AND reset_val = '0'", [names])
            missing = sorted(name for (name,) in cursor.fetchall())
        if missing:
            found.append(
                Error(
                    f"The database {alias!r} has no {' and no '.join(missing)}: a lost statement would hold it for ever.",
                    hint="Run deploy/postgres/role.sql once as the server's administrator.",
                    id="bazaar.E008",
                )
            )
    return found


@register(Tags.security, deploy=True)
def check_production(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.OBJECT_STORE is None:
        found.append(Error("No S3 object store is configured.", id="bazaar.E004"))
    if not settings.CLAMD_ADDRESS:
        found.append(Warning("No ClamAV: uploaded documents wait unread until there is one.", id="bazaar.W002"))
    if settings.TWILIO is None:
        found.append(Warning("Twilio is off: nobody can log in by phone.", id="bazaar.W001"))
    if getattr(settings, "STAND_IN_IN_USE", False):
        found.append(Error("TWILIO_API_BASE_URL is not https: a stand-in in production.", id="bazaar.E005"))
    if not settings.PUBLIC_BASE_URL.startswith("https://"):
        found.append(Error("PUBLIC_BASE_URL must be https; webhook signatures are made over it.", id="bazaar.E006"))
    return found
