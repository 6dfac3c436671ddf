"""Personal data as it is shown unless somebody asks to see it, which is audited."""

from accounts.types import IdentityKind

DOT = "•"


def masked(kind: str, value: str) -> str:
    """`+91 ••••• ••210`, `a•••@example.in`, `whatsapp:+91 ••••• ••210`, `whatsapp:IN.••••d34`."""
    if kind == IdentityKind.EMAIL:
        local, _, domain = value.partition("@")
        return f"{local[:1]}{DOT * 3}@{domain}"
    prefix = "whatsapp:" if value.startswith("whatsapp:") else ""
    if kind == IdentityKind.BSUID:
        plain = value.removeprefix(prefix)
        return f"{prefix}{plain[:3]}{DOT * 4}{plain[-3:]}"
    return f"{prefix}+91 {DOT * 5} {DOT * 2}{value[-3:]}"


def masked_identifier(value: str | None) -> str:
    """The first two and the last two characters of a GSTIN, PAN or Udyam number; "" where there is none."""
    if not value:
        return ""
    return f"{value[:2]}{DOT * (len(value) - 4)}{value[-2:]}" if len(value) > 4 else DOT * len(value)
