"""One error type for all vendors, and the measuring around every call."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from msmebazaar.core import tracing
from msmebazaar.core.breaker import breaker_of
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


class VendorResting(VendorError):
    """The vendor failed so often that it is not asked for some seconds. Nothing was sent."""

    def __init__(self, vendor: str) -> None:
        super().__init__(vendor, "breaker_open", permanent=False)


@contextmanager
def measured(vendor: str) -> Iterator[None]:
    """Count, time and trace a call; log a refusal with the vendor's code and nothing else.

    Raises:
        VendorResting: the vendor's breaker is open; the call was not made.
    """
    breaker = breaker_of(vendor)
    if not breaker.admits():
        VENDOR_REQUESTS.labels(vendor, "rested").inc()
        raise VendorResting(vendor)
    started = time.perf_counter()
    is_well = True  # a refusal is an answer: only silence and the vendor's own failures count against it
    outcome = "ok"
    try:
        with tracing.vendor_call(vendor):
            yield
    except VendorError as error:
        is_well, outcome = error.permanent, "refused" if error.permanent else "failed"
        log.warning("vendor call failed", vendor=vendor, vendor_code=error.code)
        raise
    finally:
        breaker.record(ok=is_well)
        VENDOR_REQUESTS.labels(vendor, outcome).inc()
        VENDOR_DURATION.labels(vendor).observe(time.perf_counter() - started)
