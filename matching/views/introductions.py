"""Introductions, and what they carry: messages, agreement, letters of intent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language, gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors as people
from matching import selectors, services
from matching.agreement import pdf_of
from matching.exceptions import IntroductionNotFound
from matching.models import Introduction, Letter, NdaText
from matching.selectors.introductions import shown_to, side_of
from matching.serializers import introductions as serializers
from matching.services import LetterInput
from matching.types import Move, Side
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.http import network
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.views import ApiView, WholeListView


def _network(request: Request) -> str:
    return network.limit_key_of(network.client_address(request._request))


def _one(actor: Actor, introduction: Introduction) -> Any:
    context = {"shown": shown_to(actor, [introduction])}
    return serializers.IntroductionAnswer(introduction, context=context).data


class IntroductionList(ApiView):
    @extend_schema(
        operation_id="introductions_list",
        parameters=[
            OpenApiParameter("side", enum=[Side.SEEKER.value, Side.OWNER.value]),
            OpenApiParameter("state", str, description="One of the states."),
        ],
        responses=serializers.IntroductionAnswer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Introductions one is a side of, the newest first."""
        actor = self.actor(request)
        rows = selectors.own_introductions(actor=actor, side=request.query_params.get("side", ""))
        if state := request.query_params.get("state"):
            rows = rows.filter(state=state)
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows.select_related("signature"), request, self) or []
        context = {"shown": shown_to(actor, found)}
        return paginator.get_paginated_response(serializers.IntroductionAnswer(found, many=True, context=context).data)

    @extend_schema(
        operation_id="introductions_create",
        request=serializers.IntroductionCreate,
        responses={201: serializers.IntroductionAnswer},
        description="Asks the owner of a listing for an introduction. The owner has 72 hours and is reminded twice; until "
        "both have "
        "agreed neither learns who the other is.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        actor = self.actor(request)
        checked = self.validated(serializers.IntroductionCreate, request)
        introduction = services.ask_for_introduction(actor=actor, now=clock.now(), **checked)
        return Answer(_one(actor, introduction), gettext("Asked. The owner has 72 hours to answer."), status=201)


class IntroductionDetail(ApiView):
    @extend_schema(operation_id="introductions_retrieve", responses=serializers.IntroductionAnswer)
    def get(self, request: Request, introduction_id: UUID) -> Response:
        actor = self.actor(request)
        return Answer(_one(actor, selectors.get_own_introduction(actor=actor, introduction_id=introduction_id)))


class IntroductionMoves(WholeListView):
    @extend_schema(operation_id="introductions_moves", responses=serializers.MoveAnswer(many=True))
    def get(self, request: Request, introduction_id: UUID) -> Response:
        """Every step of an introduction, in order."""
        introduction = selectors.get_own_introduction(actor=self.actor(request), introduction_id=introduction_id)
        return Answer(serializers.MoveAnswer(introduction.moves.order_by("number"), many=True).data)


class _Step(ApiView):
    """One move of an introduction; a subclass says which."""

    move: Move

    def take(self, request: Request, introduction_id: UUID, message: str, reason: str = "") -> Response:
        actor = self.actor(request)
        introduction = services.move_introduction(
            actor=actor, introduction_id=introduction_id, move=self.move, now=clock.now(), reason=reason
        )
        return Answer(_one(actor, introduction), message)


class IntroductionApprove(_Step):
    move = Move.APPROVE

    @extend_schema(
        operation_id="introductions_approve",
        request=None,
        responses=serializers.IntroductionAnswer,
        description="The owner agrees. The seeker may now sign the agreement, and with it sees who the owner is. Of a "
        "listing that asks "
        "for equity, the 201st investor of a financial year is refused.",
    )
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        return self.take(request, introduction_id, gettext("You are introduced. The seeker signs the agreement next."))


class IntroductionDecline(_Step):
    move = Move.DECLINE

    @extend_schema(
        operation_id="introductions_decline",
        request=serializers.DeclineWrite,
        responses=serializers.IntroductionAnswer,
    )
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        selectors.get_own_introduction(actor=self.actor(request), introduction_id=introduction_id)
        checked = self.validated(serializers.DeclineWrite, request)
        return self.take(
            request, introduction_id, gettext("Declined. They do not learn who you are."), checked["reason"]
        )


class IntroductionWithdraw(_Step):
    move = Move.WITHDRAW

    @extend_schema(operation_id="introductions_withdraw", request=None, responses=serializers.IntroductionAnswer)
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        return self.take(request, introduction_id, gettext("Withdrawn."))


class IntroductionSuspend(_Step):
    move = Move.SUSPEND

    @extend_schema(operation_id="introductions_suspend", request=None, responses=serializers.IntroductionAnswer)
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        return self.take(request, introduction_id, gettext("Suspended; they see only the teaser now."))


class IntroductionResume(_Step):
    move = Move.RESUME

    @extend_schema(operation_id="introductions_resume", request=None, responses=serializers.IntroductionAnswer)
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        return self.take(request, introduction_id, gettext("Open again."))


class IntroductionRevoke(_Step):
    move = Move.REVOKE

    @extend_schema(operation_id="introductions_revoke", request=None, responses=serializers.IntroductionAnswer)
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        return self.take(request, introduction_id, gettext("Ended; they see only the teaser now."))


class IntroductionOpenRoom(ApiView):
    @extend_schema(
        operation_id="introductions_open_room",
        request=None,
        responses=serializers.IntroductionAnswer,
        description="Lets a seeker who has signed into the data room: all figures, identifiers masked, and papers.",
    )
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        actor = self.actor(request)
        introduction = services.open_room(actor=actor, introduction_id=introduction_id, now=clock.now())
        return Answer(_one(actor, introduction), gettext("The data room is open to them."))


class IntroductionMessages(ApiView):
    @extend_schema(operation_id="introductions_messages", responses=serializers.MessageAnswer(many=True))
    def get(self, request: Request, introduction_id: UUID) -> Response:
        """What both sides wrote, the newest first."""
        actor = self.actor(request)
        introduction = selectors.get_own_introduction(actor=actor, introduction_id=introduction_id)
        context = {"side": side_of(actor, introduction)}
        return self.page(request, introduction.messages.all(), serializers.MessageAnswer, context)

    @extend_schema(
        operation_id="introductions_messages_create",
        request=serializers.MessageWrite,
        responses={201: serializers.MessageAnswer},
        description="Writes to the other side. Until the owner has agreed, phones, addresses and links in it are hidden "
        "from them; "
        "talk of a token advance or of paying elsewhere is warned of, in English and Hindi.",
    )
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        actor = self.actor(request)
        introduction = selectors.get_own_introduction(actor=actor, introduction_id=introduction_id)
        text = self.validated(serializers.MessageWrite, request)["text"]
        message = services.write_message(actor=actor, introduction_id=introduction_id, text=text, now=clock.now())
        context = {"side": side_of(actor, introduction)}
        return Answer(serializers.MessageAnswer(message, context=context).data, gettext("Sent."), status=201)


class MessageReportCreate(ApiView):
    @extend_schema(
        operation_id="introductions_messages_report",
        request=serializers.ReportWrite,
        responses={201: serializers.ReportAnswer},
        description="Tells us of a message of the other side: asks for money in advance, insults, spam. Staff look at "
        "it. Saying it again changes nothing.",
    )
    @idempotent
    def post(self, request: Request, introduction_id: UUID, message_id: UUID) -> Response:
        given = self.validated(serializers.ReportWrite, request)
        report = services.report_message(
            actor=self.actor(request), introduction_id=introduction_id, message_id=message_id, **given
        )
        return Answer(serializers.ReportAnswer(report).data, gettext("Thank you; our staff look at it."), status=201)


class IntroductionNda(ApiView):
    @extend_schema(operation_id="introductions_nda", responses=serializers.NdaAnswer)
    def get(self, request: Request, introduction_id: UUID) -> Response:
        """The agreement to sign, in the reader's language where there is one; once signed, the text that was signed."""
        introduction = selectors.get_own_introduction(actor=self.actor(request), introduction_id=introduction_id)
        signature = getattr(introduction, "signature", None)
        text = signature.nda_text if signature else services.text_for(introduction, (get_language() or "en")[:2])
        return Answer(_agreement(text, signature.signed_at if signature else None))


class IntroductionNdaCode(ApiView):
    @extend_schema(
        operation_id="introductions_nda_code",
        request=None,
        responses={201: serializers.CodeSent},
        description="Sends the signer a one-time code to their own proven phone. Limited as log-in codes are.",
    )
    def post(self, request: Request, introduction_id: UUID) -> Response:
        sent = services.ask_for_code(
            actor=self.actor(request),
            introduction_id=introduction_id,
            network=_network(request),
            now=clock.now(),
        )
        return Answer(serializers.CodeSent(sent).data, gettext("We have sent you a code."), status=201)


class IntroductionNdaSign(ApiView):
    @extend_schema(
        operation_id="introductions_nda_sign",
        request=serializers.SignWrite,
        responses=serializers.NdaAnswer,
        description="Signs the agreement that was read (its sha256) by the code. Signing again gives the first signature.",
    )
    def post(self, request: Request, introduction_id: UUID) -> Response:
        actor = self.actor(request)
        selectors.get_own_introduction(actor=actor, introduction_id=introduction_id)
        checked = self.validated(serializers.SignWrite, request)
        signature = services.sign(
            actor=actor,
            introduction_id=introduction_id,
            network=network.client_address(request._request),
            now=clock.now(),
            **checked,
        )
        return Answer(
            _agreement(signature.nda_text, signature.signed_at), gettext("Signed. You can see who it is now.")
        )


class IntroductionNdaPdf(ApiView):
    @extend_schema(
        operation_id="introductions_nda_pdf",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        description="The signed agreement with who signed it, when, from where, and its SHA-256. 404 before it is signed.",
    )
    def get(self, request: Request, introduction_id: UUID) -> HttpResponse:
        introduction = selectors.get_own_introduction(actor=self.actor(request), introduction_id=introduction_id)
        if not hasattr(introduction, "signature"):
            raise IntroductionNotFound
        response = HttpResponse(pdf_of(introduction.signature), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="nda-{introduction.id}.pdf"'
        return response


class OrganisationNdaText(ApiView):
    @extend_schema(
        operation_id="organisations_nda_text",
        request=serializers.NdaTextWrite,
        responses={201: serializers.NdaAnswer},
        description="An owner's own agreement, in force for whoever signs from now on.",
    )
    @idempotent
    def post(self, request: Request, organisation_id: UUID) -> Response:
        actor = self.actor(request)
        people.get_own_organisation(actor=actor, organisation_id=organisation_id)
        checked = self.validated(serializers.NdaTextWrite, request)
        text = services.write_own_text(actor=actor, organisation_id=organisation_id, **checked)
        return Answer(_agreement(text, None), gettext("Saved."), status=201)


class IntroductionLetters(ApiView):
    @extend_schema(operation_id="introductions_letters", responses=serializers.LetterAnswer(many=True))
    def get(self, request: Request, introduction_id: UUID) -> Response:
        """Letters of intent of an introduction, the newest first."""
        introduction = selectors.get_own_introduction(actor=self.actor(request), introduction_id=introduction_id)
        return self.page(request, introduction.letters.all(), serializers.LetterAnswer)

    @extend_schema(
        operation_id="introductions_letters_create",
        request=serializers.LetterWrite,
        responses={201: serializers.LetterAnswer},
        description="Offers a price, not binding. The agreement has to be signed, and the last letter answered.",
    )
    @idempotent
    def post(self, request: Request, introduction_id: UUID) -> Response:
        actor = self.actor(request)
        selectors.get_own_introduction(actor=actor, introduction_id=introduction_id)
        given = LetterInput(**self.validated(serializers.LetterWrite, request))
        letter = services.send_letter(actor=actor, introduction_id=introduction_id, given=given, now=clock.now())
        return Answer(_letter(letter), gettext("Sent. The owner decides."), status=201)


class LetterAccept(ApiView):
    @extend_schema(
        operation_id="letters_accept",
        request=None,
        responses=serializers.LetterAnswer,
        description="Accepts an offer in principle: the listing is under offer, everybody else's introduction is frozen.",
    )
    @idempotent
    def post(self, request: Request, letter_id: UUID) -> Response:
        letter = services.accept_letter(actor=self.actor(request), letter_id=letter_id, now=clock.now())
        return Answer(_letter(letter), gettext("Accepted. Your listing is under offer."))


class LetterDecline(ApiView):
    @extend_schema(operation_id="letters_decline", request=None, responses=serializers.LetterAnswer)
    @idempotent
    def post(self, request: Request, letter_id: UUID) -> Response:
        """Declines an offer, or ends one that was accepted; the others are released then."""
        letter = services.decline_letter(actor=self.actor(request), letter_id=letter_id, now=clock.now())
        return Answer(_letter(letter), gettext("Declined."))


class LetterWithdraw(ApiView):
    @extend_schema(operation_id="letters_withdraw", request=None, responses=serializers.LetterAnswer)
    @idempotent
    def post(self, request: Request, letter_id: UUID) -> Response:
        """Takes an own offer back, also one that was accepted."""
        letter = services.withdraw_letter(actor=self.actor(request), letter_id=letter_id, now=clock.now())
        return Answer(_letter(letter), gettext("Withdrawn."))


def _letter(letter: Letter) -> Any:
    return serializers.LetterAnswer(letter).data


def _agreement(text: NdaText, signed_at: datetime | None) -> Any:
    content = {
        "number": text.number,
        "language": text.language,
        "text": text.text,
        "sha256": text.sha256,
        "is_own_text": text.organisation_id is not None,
        "signed_at": signed_at,
    }
    return serializers.NdaAnswer(content).data
