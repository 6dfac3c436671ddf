"""Log-in by one-time code, sessions, oneself, one's addresses."""

from uuid import UUID

from django.utils.translation import get_language, gettext
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.serializers import login as shapes
from accounts.services import Destination
from accounts.services.otp import TEXT
from accounts.types import ChallengePurpose, CodeChannel, IdentityKind
from msmebazaar.core import clock
from msmebazaar.core.http import network
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.serializers import Reveal
from msmebazaar.core.http.views import ApiView, WholeListView


class AnonymousView(ApiView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


def network_of(request: Request) -> str:
    """What limits per network count by."""
    return network.limit_key_of(network.client_address(request._request))


class OtpRequest(AnonymousView):
    @extend_schema(
        operation_id="auth_otp",
        request=shapes.CodeRequest,
        responses={202: shapes.ChallengeAnswer},
        description="Sends a six-digit code. Known and unknown numbers get the same answer. Not repeatable: each accepted "
        "call sends one message; a second one within 30 seconds is refused with 429.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.CodeRequest, request)
        challenge = services.request_code(
            to=Destination(IdentityKind.PHONE, checked["phone"], CodeChannel(checked["channel"])),
            network=network_of(request),
            text=gettext(TEXT),
            now=clock.now(),
        )
        return Answer(shapes.ChallengeAnswer(challenge).data, gettext("We have sent you a code."), status=202)


class TokenObtain(AnonymousView):
    @extend_schema(
        operation_id="auth_token",
        request=shapes.CodeAnswer,
        responses=shapes.TokensAnswer,
        description="Trades a code for tokens. A code works once.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.CodeAnswer, request)
        now = clock.now()
        user_id = services.log_in_by_code(
            challenge_id=checked["challenge_id"], code=checked["code"], language=(get_language() or "en")[:2], now=now
        )
        tokens = services.open_session(user_id=user_id, user_agent=request.headers.get("User-Agent", ""), now=now)
        return Answer(shapes.TokensAnswer(tokens).data, gettext("You are logged in."))


class TokenByLink(AnonymousView):
    @extend_schema(
        operation_id="auth_link",
        request=shapes.LinkToken,
        responses=shapes.TokensAnswer,
        description="Trades the token of a log-in link, which a person asks for on WhatsApp, for tokens. It works once, for "
        "half an hour.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.LinkToken, request)
        now, agent = clock.now(), request.headers.get("User-Agent", "")
        user_id = services.use_login_link(token=checked["token"], now=now)
        tokens = services.open_session(user_id=user_id, user_agent=agent, now=now)
        return Answer(shapes.TokensAnswer(tokens).data, gettext("You are logged in."))


class TokenRefresh(AnonymousView):
    @extend_schema(
        operation_id="auth_token_refresh",
        request=shapes.RefreshRequest,
        responses=shapes.TokensAnswer,
        description="Trades a refresh token for new tokens. A refresh token works once; using it again ends the session "
        "and tells the person.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.RefreshRequest, request)
        tokens = services.refresh_tokens(refresh=checked["refresh"], now=clock.now())
        return Answer(shapes.TokensAnswer(tokens).data)


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


class LogoutEverywhere(ApiView):
    @extend_schema(
        operation_id="auth_logout_everywhere",
        request=None,
        responses=shapes.EndedAnswer,
        description="Ends every session of the person, this one included.",
    )
    def post(self, request: Request) -> Response:
        actor = self.actor(request)
        ended = services.end_all_sessions(user_id=actor.user_id, because="logout_everywhere", now=clock.now())
        return Answer({"ended": ended}, gettext("Logged out on every device."))


class SessionList(ApiView):
    @extend_schema(operation_id="auth_sessions_list", responses=shapes.SessionAnswer(many=True))
    def get(self, request: Request) -> Response:
        """Devices that are logged in, the newest first."""
        actor = self.actor(request)
        rows = selectors.live_sessions(user_id=actor.user_id)
        return self.page(request, rows, shapes.SessionAnswer, context={"current": actor.session_id})


class SessionDetail(ApiView):
    @extend_schema(operation_id="auth_sessions_end", responses={204: None}, description="Logs out one device.")
    def delete(self, request: Request, session_id: UUID) -> Response:
        services.end_one_session(actor=self.actor(request), session_id=session_id, now=clock.now())
        return Response(status=204)


class Me(ApiView):
    @extend_schema(
        operation_id="me",
        parameters=[Reveal],
        responses=shapes.MeAnswer,
        description="Oneself. The phone is masked; `reveal=true` shows it, and that is recorded.",
    )
    def get(self, request: Request) -> Response:
        actor, reveal = self.actor(request), self.wants_reveal(request)
        if reveal:
            services.record_reveal(actor=actor, subject_type="user", subject_id=actor.user_id)
        return Answer(shapes.MeAnswer(selectors.get_me(user_id=actor.user_id, reveal=reveal)).data)

    @extend_schema(operation_id="me_update", request=shapes.MeChange, responses=shapes.MeAnswer)
    def patch(self, request: Request) -> Response:
        checked = self.validated(shapes.MeChange, request)
        me = services.update_me(
            user_id=self.actor(request).user_id,
            full_name=checked.get("full_name"),
            language=checked.get("language"),
        )
        return Answer(shapes.MeAnswer(me).data, gettext("Saved."))


class IdentityList(WholeListView):
    @extend_schema(
        operation_id="me_identities_list",
        parameters=[Reveal],
        responses=shapes.IdentityAnswer(many=True),
        description="One's phones, email addresses and WhatsApp addresses.",
    )
    def get(self, request: Request) -> Response:
        actor, reveal = self.actor(request), self.wants_reveal(request)
        if reveal:
            services.record_reveal(actor=actor, subject_type="user", subject_id=actor.user_id)
        found = selectors.list_identities(user_id=actor.user_id, reveal=reveal)
        return Answer(shapes.IdentityAnswer(found, many=True).data)

    @extend_schema(
        operation_id="me_identities_add",
        request=shapes.IdentityAdd,
        responses={202: shapes.ChallengeAnswer},
        description="Sends a code to a phone or an email address that one wants to add. If somebody has it already, both "
        "turn out to be one person and are joined when the code comes back; the answer here does not tell.",
    )
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.IdentityAdd, request)
        kind = IdentityKind(checked["kind"])
        channel = CodeChannel.EMAIL if kind == IdentityKind.EMAIL else CodeChannel(checked["channel"])
        challenge = services.request_code(
            to=Destination(kind, checked["address"], channel),
            network=network_of(request),
            text=gettext(TEXT),
            purpose=ChallengePurpose.ADD,
            user_id=self.actor(request).user_id,
            now=clock.now(),
        )
        return Answer(shapes.ChallengeAnswer(challenge).data, gettext("We have sent you a code."), status=202)


class IdentityConfirm(WholeListView):
    @extend_schema(
        operation_id="me_identities_confirm",
        request=shapes.CodeAnswer,
        responses=shapes.IdentityAnswer(many=True),
        description="Adds the address that the code was sent to. Answers with all addresses.",
    )
    def post(self, request: Request) -> Response:
        actor, checked = self.actor(request), self.validated(shapes.CodeAnswer, request)
        services.confirm_identity(
            user_id=actor.user_id, challenge_id=checked["challenge_id"], code=checked["code"], now=clock.now()
        )
        found = selectors.list_identities(user_id=actor.user_id, reveal=False)
        return Answer(shapes.IdentityAnswer(found, many=True).data, gettext("Added."))


class IdentityDetail(ApiView):
    @extend_schema(operation_id="me_identities_remove", responses={204: None})
    def delete(self, request: Request, identity_id: UUID) -> Response:
        """Takes an address away; the last phone stays."""
        services.remove_identity(user_id=self.actor(request).user_id, identity_id=identity_id)
        return Response(status=204)
