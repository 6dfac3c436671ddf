"""Writes: one-time codes, sessions, people."""

from accounts.services.otp import request_code, verify_code
from accounts.services.people import create_staff, find_or_create_contact, update_me
from accounts.services.sessions import end_session, open_session, refresh_tokens

__all__ = [
    "create_staff",
    "end_session",
    "find_or_create_contact",
    "open_session",
    "refresh_tokens",
    "request_code",
    "update_me",
    "verify_code",
]
