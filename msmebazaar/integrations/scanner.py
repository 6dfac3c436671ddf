"""Looking for viruses with ClamAV's daemon, over its socket."""

from enum import Enum
from io import BytesIO
from urllib.parse import urlsplit

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

from msmebazaar.integrations.errors import VendorError, measured

TIMEOUT_S = 30


class Verdict(Enum):
    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


def scan(content: bytes) -> Verdict:
    """What clamd says of a file; NOT_SCANNED when none is configured.

    Raises:
        VendorError: it is configured and does not answer; try again later.
    """
    if not settings.CLAMD_ADDRESS:
        return Verdict.NOT_SCANNED
    with measured("clamav"):
        try:
            answer = _daemon(settings.CLAMD_ADDRESS).instream(BytesIO(content))
        except (ClamdError, OSError) as error:
            raise VendorError("clamav", "", permanent=False) from error
        state = answer["stream"][0]
        if state not in ("OK", "FOUND"):
            raise VendorError("clamav", str(state), permanent=False)
    return Verdict.CLEAN if state == "OK" else Verdict.INFECTED


def _daemon(address: str) -> ClamdNetworkSocket:
    """`tcp://host:port` or `unix:///path`."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        return ClamdUnixSocket(parts.path, timeout=TIMEOUT_S)
    return ClamdNetworkSocket(parts.hostname or "127.0.0.1", parts.port or 3310, timeout=TIMEOUT_S)
