"""UUIDv7 (RFC 9562): time-ordered keys, so that newest-first paging and index inserts are cheap."""

import os
import time
from datetime import datetime
from uuid import UUID


def uuid7() -> UUID:
    """48 bits of Unix milliseconds, then random bits with version and variant set."""
    return _made(time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big"))


def uuid7_at(moment: datetime, bits: int) -> UUID:
    """The key a row of that moment would have had, with given instead of random bits (the lowest 80 count)."""
    return _made(int(moment.timestamp() * 1000), bits & ((1 << 80) - 1))


def _made(milliseconds: int, bits: int) -> UUID:
    value = (milliseconds << 80) | bits
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)
