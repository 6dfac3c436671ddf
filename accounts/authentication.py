"""DRF authentication by access token: one query for session, user and organisations."""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts import selectors, services
from accounts.exceptions import LookingOnly
from accounts.models import User
from accounts.tokens import InvalidToken, session_of_header
from msmebazaar.core import context, history
from msmebazaar.core.actor import Actor


class AccessTokenAuthentication(BaseAuthentication):
    """Puts the user on `request.user` and the Actor on `request.auth`. An ended session is refused at once."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        try:
            session_id = session_of_header(get_authorization_header(request).decode("latin-1"))
        except InvalidToken as error:
            raise AuthenticationFailed from error
        if session_id is None:
            return None
        found = selectors.get_live_session(session_id=session_id)
        if found is None:
            raise AuthenticationFailed
        context.bind_actor(str(found.user.pk))
        history.acting(found.actor.seen_through_by or found.user.pk)
        if found.actor.seen_through_by is not None:
            self._look(request, found.actor)
        return found.user, found.actor

    def _look(self, request: Request, actor: Actor) -> None:
        """A colleague sees with this person's eyes: reading only, masked, and each look is written down."""
        if request.method not in SAFE_METHODS or "reveal" in request.query_params or "exports" in request.path:
            raise LookingOnly
        services.record_look(actor=actor, path=request.path)

    def authenticate_header(self, request: Request) -> str:
        return f'Bearer realm="{settings.JWT_AUDIENCE}"'
