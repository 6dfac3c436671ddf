"""Decimal arithmetic with one context: 28 digits, half to even, whatever the caller's context is."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN)
ZERO, ONE = Decimal(0), Decimal(1)
CRORE = Decimal(10_000_000)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """base ** exponent by exp and ln, which CPython rounds correctly; `**` it does not promise."""
    return (exponent * base.ln()).exp()


def clamp(value: Decimal, low: Decimal, high: Decimal) -> Decimal:
    return min(max(value, low), high)


def mean(values: list[Decimal]) -> Decimal:
    return sum(values, ZERO) / len(values)


def deviation(values: list[Decimal]) -> Decimal:
    """Standard deviation of the population."""
    middle = mean(values)
    return mean([(value - middle) ** 2 for value in values]).sqrt()


def recency_weighted(values: list[Decimal]) -> Decimal:
    """Newest first: weights 3, 2, 1 for three and more values, 2, 1 for two (VALUATION.md 4.4)."""
    weights = (3, 2, 1) if len(values) >= 3 else (2, 1) if len(values) == 2 else (1,)
    used = values[: len(weights)]
    return sum((weight * value for weight, value in zip(weights, used, strict=True)), ZERO) / sum(weights)
