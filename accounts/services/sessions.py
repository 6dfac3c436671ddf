"""Sessions: a family of refresh tokens per log-in. A token used twice ends the family."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts import selectors
from accounts.exceptions import LoginLinkDead, SessionEnded, SessionNotFound
from accounts.models import LoginLink, RefreshToken, Session
from accounts.services.notifications import notify
from accounts.tokens import make_access_token
from accounts.types import Tokens
from msmebazaar.core import audit
from msmebazaar.core.actor import Actor
from msmebazaar.core.logging import get_logger
from msmebazaar.core.metrics import REFRESH_REUSE

log = get_logger(__name__)


@transaction.atomic
def open_session(*, user_id: UUID, user_agent: str, now: datetime) -> Tokens:
    session = Session.objects.create(user_id=user_id, user_agent=user_agent[:200], last_used_at=now)
    audit.record("accounts.logged_in", subject_type="session", subject_id=session.id, actor_id=user_id)
    return _issue(session, now)


def refresh_tokens(*, refresh: str, now: datetime) -> Tokens:
    """Trade a refresh token for new tokens; of any number of copies at once, one wins.

    Raises:
        SessionEnded: unknown, expired, or its session has ended. A used token ends its whole session.
    """
    token_hash = _hash_of(refresh)
    with transaction.atomic():
        # Conditions on this one table only: joined ones would move into a subquery, which PostgreSQL does not check
        # again after waiting for a rival's row lock, and several rivals would win.
        unused = RefreshToken.objects.filter(token_hash=token_hash, used_at__isnull=True, expires_at__gt=now)
        if unused.update(used_at=now):
            session = Session.objects.select_related("user").get(refresh_tokens__token_hash=token_hash)
            if session.ended_at is not None or not session.user.is_active:
                raise SessionEnded
            Session.objects.filter(pk=session.pk).update(last_used_at=now)
            return _issue(session, now)
    _end_if_replayed(token_hash, now)
    raise SessionEnded


def _end_if_replayed(token_hash: str, now: datetime) -> None:
    token = RefreshToken.objects.filter(token_hash=token_hash, used_at__isnull=False).select_related("session").first()
    if token is None:
        return
    with transaction.atomic():
        if Session.objects.filter(pk=token.session_id, ended_at__isnull=True).update(
            ended_at=now, ended_because="refresh_reuse"
        ):
            REFRESH_REUSE.inc()
            log.warning("security", security_event="refresh_reuse")
            audit.record(
                "accounts.session_ended_by_reuse",
                subject_type="session",
                subject_id=token.session_id,
                actor_id=token.session.user_id,
            )
            notify(user_ids=[token.session.user_id], kind="accounts.session_ended_by_reuse", now=now)


@transaction.atomic
def end_session(*, actor: Actor, now: datetime) -> None:
    """Log out the device that asks: its access and refresh tokens are refused from now on."""
    assert actor.session_id is not None, "only a session can be logged out"
    if Session.objects.filter(pk=actor.session_id, ended_at__isnull=True).update(ended_at=now, ended_because="logout"):
        audit.record("accounts.logged_out", subject_type="session", subject_id=actor.session_id, actor_id=actor.user_id)


@transaction.atomic
def end_one_session(*, actor: Actor, session_id: UUID, now: datetime) -> None:
    """Log out one of one's devices. SessionNotFound when it is not one's own, or has ended."""
    live = selectors.live_sessions(user_id=actor.user_id).filter(pk=session_id)
    if not live.update(ended_at=now, ended_because="ended_by_user"):
        raise SessionNotFound
    audit.record("accounts.session_ended", subject_type="session", subject_id=session_id, actor_id=actor.user_id)


@transaction.atomic
def end_all_sessions(*, user_id: UUID, because: str, now: datetime) -> int:
    """Log out everywhere, this device included. Returns how many were live."""
    count = selectors.live_sessions(user_id=user_id).update(ended_at=now, ended_because=because)
    audit.record(
        "accounts.sessions_ended", subject_type="user", subject_id=user_id, actor_id=user_id, facts={"count": count}
    )
    return count


def _issue(session: Session, now: datetime) -> Tokens:
    refresh = secrets.token_urlsafe(48)
    RefreshToken.objects.create(
        session=session, token_hash=_hash_of(refresh), expires_at=now + settings.REFRESH_TOKEN_LIFETIME
    )
    return Tokens(
        access=make_access_token(user_id=session.user_id, session_id=session.id, now=now),
        refresh=refresh,
        expires_in=int(settings.ACCESS_TOKEN_LIFETIME.total_seconds()),
        user=selectors.get_me(user_id=session.user_id),
    )


def _hash_of(token: str) -> str:
    """The token has 288 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_login_link(*, user_id: UUID, now: datetime) -> str:
    """A token that logs its person in once within half an hour; told only now, to a channel in which they are known."""
    token = secrets.token_urlsafe(24)
    LoginLink.objects.create(user_id=user_id, token_hash=_hash_of(token), expires_at=now + settings.LOGIN_LINK_LIFETIME)
    audit.record("accounts.login_link_made", subject_type="user", subject_id=user_id, actor_id=user_id)
    return token


@transaction.atomic
def use_login_link(*, token: str, now: datetime) -> UUID:
    """Whose link this is; of two who use it at once one wins.

    Raises:
        LoginLinkDead: unknown, used, expired, or of somebody who is gone.
    """
    link = LoginLink.objects.select_for_update().filter(token_hash=_hash_of(token), used_at__isnull=True).first()
    if link is None or link.expires_at <= now or not selectors.is_active(user_id=link.user_id):
        raise LoginLinkDead
    link.used_at = now
    link.save(update_fields=["used_at", "updated_at"])
    audit.record("accounts.login_link_used", subject_type="user", subject_id=link.user_id, actor_id=link.user_id)
    return link.user_id
