"""One error type for all vendors, and the measuring around every call."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import VENDOR_DURATION, VENDOR_REQUESTS

log = get_logger(__name__)


class VendorError(Exception):
    """A vendor refused or did not answer.

    Attributes:
        vendor: `twilio`, `openai`.
        code: the vendor's own code, "" when it did not answer.
        permanent: repeating the same call cannot help.
    """

    def __init__(self, vendor: str, code: str, *, permanent: bool) -> None:
        self.vendor = vendor
        self.code = code
        self.permanent = permanent
        super().__init__(f"{vendor} {code or 'did not answer'}")


class VendorOff(VendorError):
    """The vendor is not configured."""

    def __init__(self, vendor: str) -> None:
        super().__init__(vendor, "off", permanent=True)


@contextmanager
def measured(vendor: str) -> Iterator[None]:
    """Count and time a call; log a refusal with the vendor's code and nothing else."""
    started = time.perf_counter()
    try:
        yield
    except VendorError as error:
        VENDOR_REQUESTS.labels(vendor, "refused" if error.permanent else "failed").inc()
        log.warning("vendor call failed", vendor=vendor, vendor_code=error.code)
        raise
    else:
        VENDOR_REQUESTS.labels(vendor, "ok").inc()
    finally:
        VENDOR_DURATION.labels(vendor).observe(time.perf_counter() - started)
