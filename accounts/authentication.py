"""DRF authentication by access token: one query for session, user and organisations."""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import selectors
from accounts.models import User
from accounts.tokens import InvalidToken, session_of
from msmebazaar.core import context
from msmebazaar.core.actor import Actor

SCHEME = b"bearer"
LONGEST_TOKEN = 2048


class AccessTokenAuthentication(BaseAuthentication):
    """Puts the user on `request.user` and the Actor on `request.auth`. An ended session is refused at once."""

    def authenticate(self, request: Request) -> tuple[User, Actor] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != SCHEME:
            return None
        if len(parts) != 2 or len(parts[1]) > LONGEST_TOKEN:
            raise AuthenticationFailed
        try:
            session_id = session_of(parts[1].decode("ascii"))
        except (InvalidToken, UnicodeDecodeError) as error:
            raise AuthenticationFailed from error
        found = selectors.get_live_session(session_id=session_id)
        if found is None:
            raise AuthenticationFailed
        context.bind_actor(str(found.user.pk))
        return found.user, found.actor

    def authenticate_header(self, request: Request) -> str:
        return f'Bearer realm="{settings.JWT_AUDIENCE}"'
