"""Reads of the staff's desk."""

from adminpanel.selectors.numbers import (
    PERIODS,
    anomalies,
    bars,
    counted_at,
    funnel,
    measure_or_404,
    pulse,
    series,
)
from adminpanel.selectors.system import System, queues_today, system

__all__ = [
    "PERIODS",
    "System",
    "anomalies",
    "bars",
    "counted_at",
    "funnel",
    "measure_or_404",
    "pulse",
    "queues_today",
    "series",
    "system",
]
