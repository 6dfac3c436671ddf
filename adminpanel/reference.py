"""Duties after a breach of personal data, with the day from which they hold and their source. Indicative, not legal advice."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class NoticeRule:
    to: str
    within: timedelta
    valid_from: date
    source: str


CERT_IN = NoticeRule(
    "CERT-In",
    timedelta(hours=6),
    date(2022, 6, 28),
    "CERT-In Directions No. 20(3)/2022 of 28 April 2022 under s.70B(6) IT Act, direction (ii): within 6 hours of noticing",
)
BOARD = NoticeRule(
    "Data Protection Board",
    timedelta(hours=72),
    date(2025, 11, 14),
    "DPDP Rules 2025, rule 7(2): a first notice without delay, the details within 72 hours of becoming aware",
)
PEOPLE = "DPDP Rules 2025, rule 7(1): each affected person without delay: what, consequences, measures, what they can do, contact"
RULES = (CERT_IN, BOARD)
