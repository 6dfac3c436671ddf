"""Where a request comes from, behind a known number of our own proxies."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address our outermost proxy saw. X-Forwarded-For entries that a client wrote itself are never believed."""
    trusted = settings.TRUSTED_PROXY_COUNT
    remote: str = request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104 - a placeholder for "unknown"
    if trusted:
        forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        if len(forwarded) >= trusted:
            return forwarded[-trusted]
    return remote


def prefix_of(address: str) -> str:
    """/24 or /48: enough to see a pattern in logs, too little to name a person."""
    return _network(address, 24, 48)


def limit_key_of(address: str) -> str:
    """What network limits count by: one IPv4 address, or an IPv6 /64, which one subscriber holds whole."""
    return _network(address, 32, 64)


def _network(address: str, bits_v4: int, bits_v6: int) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    bits = bits_v4 if parsed.version == 4 else bits_v6
    return str(ipaddress.ip_network(f"{parsed}/{bits}", strict=False))
