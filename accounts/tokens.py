"""Access tokens: short JWTs with one pinned algorithm."""

import uuid
from datetime import datetime
from uuid import UUID

import jwt
from django.conf import settings

ALGORITHM = "HS256"
REQUIRED_CLAIMS = ["exp", "iat", "nbf", "iss", "aud", "sub", "sid", "jti", "typ"]
KIND = "access"
SCHEME = "bearer"
LONGEST_TOKEN = 2048


class InvalidToken(Exception):
    """Not a valid access token of ours."""


def make_access_token(*, user_id: UUID, session_id: UUID, now: datetime) -> str:
    claims = {
        "iss": settings.JWT_ISSUER,
        "aud": settings.JWT_AUDIENCE,
        "sub": str(user_id),
        "sid": str(session_id),
        "jti": uuid.uuid4().hex,
        "typ": KIND,
        "iat": now,
        "nbf": now,
        "exp": now + settings.ACCESS_TOKEN_LIFETIME,
    }
    return jwt.encode(claims, settings.JWT_SIGNING_KEY, algorithm=ALGORITHM)


def session_of(token: str) -> UUID:
    """The session id in a valid access token. InvalidToken for anything else; headers such as `kid` or `jwk` are not read."""
    try:
        claims = jwt.decode(
            token,
            settings.JWT_SIGNING_KEY,
            algorithms=[ALGORITHM],
            audience=settings.JWT_AUDIENCE,
            issuer=settings.JWT_ISSUER,
            options={"require": REQUIRED_CLAIMS, "strict_aud": True},
        )
        if claims["typ"] != KIND:
            raise InvalidToken
        return UUID(claims["sid"])
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise InvalidToken from error


def session_of_header(authorization: str) -> UUID | None:
    """The session id in an Authorization header; None when it is not a bearer's.

    Raises:
        InvalidToken: a bearer's, but not one valid access token of ours.
    """
    scheme, *tokens = authorization.split() or [""]
    if scheme.lower() != SCHEME:
        return None
    if len(tokens) != 1 or len(tokens[0]) > LONGEST_TOKEN or not tokens[0].isascii():
        raise InvalidToken
    return session_of(tokens[0])
