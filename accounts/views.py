"""Log-in by one-time code, refresh, log-out, oneself."""

from django.utils.translation import get_language, gettext
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, serializers, services
from accounts.services.otp import TEXT
from msmebazaar.core import clock
from msmebazaar.core.http import network
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.views import ApiView
from msmebazaar.core.types import Phone


class AnonymousView(ApiView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class OtpRequest(AnonymousView):
    @extend_schema(
        operation_id="auth_otp",
        request=serializers.CodeRequest,
        responses={202: serializers.ChallengeAnswer},
        description="Sends a six-digit code. Known and unknown numbers get the same answer. Not repeatable: each accepted "
        "call sends one message; a second one within 30 seconds is refused with 429.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(serializers.CodeRequest, request)
        challenge = services.request_code(
            phone=Phone(checked["phone"]),
            network=network.limit_key_of(network.client_address(request._request)),
            text=gettext(TEXT),
            now=clock.now(),
        )
        return Answer(serializers.ChallengeAnswer(challenge).data, gettext("We have sent you a code."), status=202)


class TokenObtain(AnonymousView):
    @extend_schema(
        operation_id="auth_token",
        request=serializers.TokenRequest,
        responses=serializers.TokensAnswer,
        description="Trades a code for tokens. A code works once.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(serializers.TokenRequest, request)
        now = clock.now()
        user_id = services.verify_code(
            challenge_id=checked["challenge_id"], code=checked["code"], language=(get_language() or "en")[:2], now=now
        )
        tokens = services.open_session(user_id=user_id, user_agent=request.headers.get("User-Agent", ""), now=now)
        return Answer(serializers.TokensAnswer(tokens).data, gettext("You are logged in."))


class TokenRefresh(AnonymousView):
    @extend_schema(
        operation_id="auth_token_refresh",
        request=serializers.RefreshRequest,
        responses=serializers.TokensAnswer,
        description="Trades a refresh token for new tokens. A refresh token works once; using it again ends the session.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(serializers.RefreshRequest, request)
        tokens = services.refresh_tokens(refresh=checked["refresh"], now=clock.now())
        return Answer(serializers.TokensAnswer(tokens).data)


class Logout(ApiView):
    @extend_schema(
        operation_id="auth_logout",
        request=None,
        responses={204: None},
        description="Ends the session of the access token: it and its refresh token are refused from now on.",
    )
    def post(self, request: Request) -> Response:
        services.end_session(actor=self.actor(request), now=clock.now())
        return Response(status=204)


class Me(ApiView):
    @extend_schema(operation_id="me", responses=serializers.MeAnswer)
    def get(self, request: Request) -> Response:
        return Answer(serializers.MeAnswer(selectors.get_me(user_id=self.actor(request).user_id)).data)

    @extend_schema(operation_id="me_update", request=serializers.MeChange, responses=serializers.MeAnswer)
    def patch(self, request: Request) -> Response:
        checked = self.validated(serializers.MeChange, request)
        me = services.update_me(
            user_id=self.actor(request).user_id,
            full_name=checked.get("full_name"),
            language=checked.get("language"),
        )
        return Answer(serializers.MeAnswer(me).data, gettext("Saved."))
