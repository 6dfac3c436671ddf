"""The staff's API: what the desk's pages do, for programs. A token is made at /admin/token/; duties and regions hold here too."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors as people
from accounts import services as accounts
from adminpanel import selectors, services
from adminpanel import serializers as shapes
from adminpanel.acts import ACTS, Given
from adminpanel.exceptions import ItemGone
from adminpanel.models import SavedView, Sheet
from adminpanel.services import queue_of
from adminpanel.types import SheetFormat
from msmebazaar.core import clock, history, staff
from msmebazaar.core.actor import LOOKING, Actor, Duty
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.views import ApiView, WholeListView
from msmebazaar.core.models import AuditEntry
from msmebazaar.core.staff import Whose
from valuation import services as valuations

FIRST, MOST_DAYS, MOST_DEEDS = 100, 400, 200


class IsColleague(BasePermission):
    """Staff, whose session was made in the admin, past the second factor. The duty is asked for by each view."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, Actor) and request.auth.is_staff


class StaffView(ApiView):
    """`duties`: any of them opens the view."""

    permission_classes = (IsColleague,)
    duties: tuple[Duty, ...] = tuple(Duty)

    def actor(self, request: Request) -> Actor:
        actor = super().actor(request)
        actor.require_duty(*self.duties)
        return actor


class StaffListView(StaffView, WholeListView):
    """For lists that come whole."""


class Statistics(StaffView):
    duties = (Duty.REPORTS, Duty.OPERATIONS, Duty.STAFFING)

    @extend_schema(operation_id="admin_statistics", responses=shapes.MarketPulseAnswer)
    def get(self, request: Request) -> Response:
        """The market at a glance, and what was out of the ordinary yesterday; counted by a worker, with the time."""
        self.actor(request)
        today = clock.today_in_india()
        found = {
            "pulse": selectors.pulse(today=today),
            "anomalies": selectors.anomalies(today=today),
            "counted_at": selectors.counted_at(),
        }
        return Answer(shapes.MarketPulseAnswer(found).data)


class Measures(StaffListView):
    duties = (Duty.REPORTS, Duty.OPERATIONS, Duty.STAFFING)

    @extend_schema(operation_id="admin_measures", responses=shapes.MeasureAnswer(many=True))
    def get(self, request: Request) -> Response:
        """What is counted by day."""
        self.actor(request)
        return Answer(shapes.MeasureAnswer(staff.measures(), many=True).data)


class Chart(StaffView):
    duties = (Duty.REPORTS, Duty.OPERATIONS, Duty.STAFFING)

    @extend_schema(
        operation_id="admin_chart",
        parameters=[
            OpenApiParameter("since", date),
            OpenApiParameter("until", date),
            OpenApiParameter("split", str),
            OpenApiParameter("period", str, enum=list(selectors.PERIODS)),
        ],
        responses=shapes.SeriesAnswer,
    )
    def get(self, request: Request, measure: str) -> Response:
        """A measure by day, week or month, whole or by its largest twelve parts; at most 400 days, the last 90 by default."""
        self.actor(request)
        until = _day(request.query_params.get("until", "")) or clock.today_in_india()
        since = _day(request.query_params.get("since", "")) or until - timedelta(days=89)
        period = request.query_params.get("period", "day")
        found = selectors.series(
            measure=measure,
            since=max(since, until - timedelta(days=MOST_DAYS)),
            until=until,
            split=request.query_params.get("split", ""),
            period=period if period in selectors.PERIODS else "day",
        )
        lines = [{"key": key, "name": name, "values": values} for key, name, values in found.lines]
        return Answer(shapes.SeriesAnswer({**vars(found), "lines": lines}).data)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Queues(StaffListView):
    @extend_schema(operation_id="admin_queues", responses=shapes.QueueAnswer(many=True))
    def get(self, request: Request) -> Response:
        """The queues that one's duties open, with how many wait and for how long; those with something late first."""
        found = selectors.queues_today(actor=self.actor(request), now=clock.now())
        return Answer(shapes.QueueAnswer(found, many=True, context={"acts": ACTS}).data)


class QueueItems(StaffListView):
    @extend_schema(
        operation_id="admin_queue_items",
        parameters=[OpenApiParameter("state", str), OpenApiParameter("language", str)],
        responses=shapes.WaitingAnswer(many=True),
    )
    def get(self, request: Request, queue: str) -> Response:
        """The hundred that wait longest, by state of India and language; a queue is worked from its front."""
        actor, asked = self.actor(request), request.query_params
        items = queue_of(actor, queue).list(
            actor=actor, state=asked.get("state", ""), language=asked.get("language", ""), limit=FIRST
        )
        claims = services.claims_on(actor=actor, queue=queue, item_ids=[item.id for item in items], now=clock.now())
        return Answer(shapes.WaitingAnswer(items, many=True, context={"claims": claims}).data)


class QueueNext(StaffView):
    @extend_schema(
        operation_id="admin_queue_next",
        request=None,
        responses=shapes.WaitingAnswer,
        description="Claims what to work on next, for a quarter of an hour. Repeating it gives the same item until it "
        "is decided.",
    )
    def post(self, request: Request, queue: str) -> Response:
        actor, now = self.actor(request), clock.now()
        key = services.next_item(actor=actor, queue=queue, now=now)
        if key is None:
            raise ItemGone(gettext("Nothing waits here."))
        return Answer(shapes.WaitingAnswer(services.claim(actor=actor, queue=queue, item_id=key, now=now)).data)


class ItemClaim(StaffView):
    @extend_schema(
        operation_id="admin_item_claim",
        request=None,
        responses=shapes.WaitingAnswer,
        description="Takes an item for a quarter of an hour; taking it again begins anew.",
    )
    def post(self, request: Request, queue: str, item_id: UUID) -> Response:
        found = services.claim(actor=self.actor(request), queue=queue, item_id=item_id, now=clock.now())
        return Answer(shapes.WaitingAnswer(found).data, gettext("It is yours for a quarter of an hour."))


class ItemRelease(StaffView):
    @extend_schema(
        operation_id="admin_item_release",
        request=None,
        responses={204: None},
        description="Leaves an item to the others. Repeating it changes nothing.",
    )
    def post(self, request: Request, queue: str, item_id: UUID) -> Response:
        services.release(actor=self.actor(request), queue=queue, item_id=item_id)
        return Response(status=204)


class ItemAct(StaffView):
    @extend_schema(
        operation_id="admin_item_act",
        request=shapes.ActWrite,
        responses=shapes.DecisionAnswer,
        description="Decides about an item: approves or sends back a listing, grants a badge, answers a request. Not "
        "repeatable: an item that is decided waits no more (404).",
    )
    def post(self, request: Request, queue: str, item_id: UUID) -> Response:
        given = self.validated(shapes.ActWrite, request)
        decision = services.decide(
            actor=self.actor(request),
            queue=queue,
            item_id=item_id,
            act=given["act"],
            given=Given(given["reason"], given["text"], given["keep"]),
            now=clock.now(),
        )
        return Answer(shapes.DecisionAnswer(decision).data, gettext("Decided."))


class QueueActs(StaffListView):
    @extend_schema(
        operation_id="admin_queue_act_on_many",
        request=shapes.BulkWrite,
        responses=shapes.BulkAnswer(many=True),
        description="The same act on up to 200 items. A preview says what would happen; then send `is_preview: false`. Each item "
        "is decided by itself, so what fails leaves the others done, and repeating it decides nothing twice.",
    )
    def post(self, request: Request, queue: str) -> Response:
        given = self.validated(shapes.BulkWrite, request)
        content: dict[str, Any] = {
            "actor": self.actor(request),
            "queue": queue,
            "item_ids": given["items"],
            "act": given["act"],
            "given": Given(given["reason"], given["text"]),
            "now": clock.now(),
        }
        found = services.foresee(**content) if given["is_preview"] else services.decide_many(**content)
        return Answer(shapes.BulkAnswer(found, many=True).data)


class DecisionUndo(StaffView):
    @extend_schema(
        operation_id="admin_decision_undo",
        request=None,
        responses=shapes.DecisionAnswer,
        description="Takes a decision back within a quarter of an hour, where that is possible. A second time it is "
        "too late (409).",
    )
    def post(self, request: Request, decision_id: UUID) -> Response:
        decision = services.undo(actor=self.actor(request), decision_id=decision_id, now=clock.now())
        return Answer(shapes.DecisionAnswer(decision).data, gettext("Taken back; it waits again."))


class Kyc(StaffView):
    duties = (Duty.REVIEW, Duty.REPORTS)

    @extend_schema(operation_id="admin_kyc", responses=shapes.KycAnswer)
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """How well an organisation is known to us: badges that hold, and what it has asked for."""
        found = people.kyc_of(actor=self.actor(request), organisation_id=organisation_id)
        return Answer(shapes.KycAnswer(found).data)


class ValuationRerun(StaffView):
    duties = (Duty.VALUATION,)

    @extend_schema(
        operation_id="admin_valuation_rerun",
        request=None,
        responses=shapes.RerunAnswer,
        description="Values the business again from its present figures. The same figures on the same day give the "
        "same valuation.",
    )
    def post(self, request: Request, valuation_id: UUID) -> Response:
        key = valuations.rerun(actor=self.actor(request), valuation_id=valuation_id, today=clock.today_in_india())
        return Answer({"valuation_id": str(key)}, gettext("Valued again; the owner is told."))


class ValuationOverride(StaffView):
    duties = (Duty.VALUATION,)

    @extend_schema(
        operation_id="admin_valuation_override",
        request=shapes.OverrideWrite,
        responses={201: shapes.OverrideProposedAnswer},
        description="Proposes another value; a second colleague decides in the queue `overrides`.",
    )
    @idempotent
    def post(self, request: Request, valuation_id: UUID) -> Response:
        given = self.validated(shapes.OverrideWrite, request)
        history.why(given["reason"])
        override = valuations.propose_override(actor=self.actor(request), valuation_id=valuation_id, **given)
        return Answer(
            shapes.OverrideProposedAnswer(override).data, gettext("Proposed; a second colleague decides."), status=201
        )


class Actions(StaffView):
    duties = (Duty.STAFFING, Duty.PRIVACY)

    @extend_schema(
        operation_id="admin_actions",
        parameters=[
            OpenApiParameter("subject_id", UUID),
            OpenApiParameter("actor_id", UUID),
            OpenApiParameter("action", str),
            OpenApiParameter("request_id", str),
        ],
        responses=shapes.ActionAnswer(many=True),
    )
    def get(self, request: Request) -> Response:
        """The audit, the newest first: of a subject, an actor, an action or a request."""
        self.actor(request)
        wanted = Q()
        for name in ("subject_id", "actor_id"):
            if text := request.query_params.get(name):
                wanted &= Q(**{name: _uuid(text)})
        for name in ("action", "request_id"):
            if text := request.query_params.get(name):
                wanted &= Q(**{name: text})
        return self.page(request, AuditEntry.objects.filter(wanted), shapes.ActionAnswer)


def _uuid(text: str) -> UUID:
    """One that nobody has for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


class Views(StaffListView):
    @extend_schema(operation_id="admin_views_list", responses=shapes.ViewAnswer(many=True))
    def get(self, request: Request) -> Response:
        """Saved views of lists: one's own and everybody's."""
        rows = SavedView.objects.filter(Q(owner_id=self.actor(request).user_id) | Q(is_shared=True))
        return Answer(shapes.ViewAnswer(rows.order_by("model", "name")[:200], many=True).data)

    @extend_schema(
        operation_id="admin_views_create",
        request=shapes.ViewWrite,
        responses={201: shapes.ViewAnswer},
        description="Keeps a list with its filters under a name. A name that is taken is refused (409).",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        view = services.save_view(actor=self.actor(request), **self.validated(shapes.ViewWrite, request))
        return Answer(shapes.ViewAnswer(view).data, status=201)


class View(StaffView):
    @extend_schema(operation_id="admin_views_delete", request=None, responses={204: None})
    def delete(self, request: Request, view_id: UUID) -> Response:
        """Forgets a view."""
        services.drop_view(actor=self.actor(request), view_id=view_id)
        return Response(status=204)


class Sheets(StaffView):
    @extend_schema(operation_id="admin_exports_list", responses=shapes.SheetAnswer(many=True))
    def get(self, request: Request) -> Response:
        """One's files, the newest first."""
        return self.page(request, Sheet.objects.filter(made_by_id=self.actor(request).user_id), shapes.SheetAnswer)

    @extend_schema(
        operation_id="admin_exports_create",
        request=shapes.SheetWrite,
        responses={201: shapes.SheetAnswer},
        description="A list as CSV or Excel: rows and columns that one sees in the admin, with the same filters. A "
        "worker makes it.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        given = self.validated(shapes.SheetWrite, request)
        sheet = services.ask_for_sheet(
            actor=self.actor(request),
            model=given["model"],
            query=given["query"],
            format=SheetFormat(given["format"]),
        )
        return Answer(shapes.SheetAnswer(sheet).data, gettext("The file is being made."), status=201)


class SheetDetail(StaffView):
    @extend_schema(operation_id="admin_exports_retrieve", responses=shapes.SheetAnswer)
    def get(self, request: Request, sheet_id: UUID) -> Response:
        """How far a file is."""
        return Answer(shapes.SheetAnswer(services.get_sheet(actor=self.actor(request), sheet_id=sheet_id)).data)


class SheetLink(StaffView):
    @extend_schema(
        operation_id="admin_exports_link",
        request=None,
        responses=shapes.SheetLinkAnswer,
        description="A download that works for a minute. Each call gives another one and is written down.",
    )
    def post(self, request: Request, sheet_id: UUID) -> Response:
        url = services.give_sheet_link(actor=self.actor(request), sheet_id=sheet_id, now=clock.now())
        return Answer({"url": url})


class System(StaffView):
    duties = (Duty.OPERATIONS,)

    @extend_schema(operation_id="admin_system", responses=shapes.SystemAnswer)
    def get(self, request: Request) -> Response:
        """Database, cache, broker, store, workers, vendors and jobs, now."""
        self.actor(request)
        return Answer(shapes.SystemAnswer(selectors.system(now=clock.now())).data)


class Timeline(StaffListView):
    duties = LOOKING

    @extend_schema(operation_id="admin_timeline", responses=shapes.DeedAnswer(many=True))
    def get(self, request: Request, user_id: UUID) -> Response:
        """What a person did across the product, the newest 200 first. That it was read is written down."""
        actor = self.actor(request)
        person = people.get_person(actor=actor, user_id=user_id)
        accounts.record_reveal(actor=actor, subject_type="user", subject_id=user_id)
        subject = people.subject_of(user_id=user_id)
        organisations = {*subject.organisation_ids, *(each.id for each in person.organisations)}
        found = staff.deeds_of(Whose(subject.user_ids, tuple(organisations)), before=clock.now(), limit=MOST_DEEDS)
        return Answer(shapes.DeedAnswer(found, many=True).data)
