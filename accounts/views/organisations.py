"""Organisations, their members, invitations, advisors and badges."""

from uuid import UUID

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors, services
from accounts.serializers import organisations as shapes
from accounts.services import AdvisorMandateInput
from accounts.types import IdentityKind, MemberRole, Tier
from msmebazaar.core import clock
from msmebazaar.core.http.envelope import Answer
from msmebazaar.core.http.idempotency import idempotent
from msmebazaar.core.http.views import ApiView


class OrganisationList(ApiView):
    @extend_schema(operation_id="organisations_list", responses=shapes.OrganisationAnswer(many=True))
    def get(self, request: Request) -> Response:
        """One's organisations, the newest first."""
        rows = selectors.own_organisations(actor=self.actor(request))
        return self.page(request, rows, shapes.OrganisationAnswer)

    @extend_schema(
        operation_id="organisations_create",
        request=shapes.OrganisationWrite,
        responses={201: shapes.OrganisationAnswer},
        description="Makes a company that one administers.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.OrganisationWrite, request)
        made = services.create_organisation(actor=self.actor(request), name=checked["name"], roles=checked["roles"])
        return Answer(shapes.OrganisationAnswer(made).data, gettext("Saved."), status=201)


class OrganisationDetail(ApiView):
    @extend_schema(operation_id="organisations_retrieve", responses=shapes.OrganisationAnswer)
    def get(self, request: Request, organisation_id: UUID) -> Response:
        found = selectors.get_own_organisation(actor=self.actor(request), organisation_id=organisation_id)
        return Answer(shapes.OrganisationAnswer(found).data)

    @extend_schema(
        operation_id="organisations_update",
        request=shapes.OrganisationChange,
        responses=shapes.OrganisationAnswer,
    )
    def patch(self, request: Request, organisation_id: UUID) -> Response:
        """For its administrators."""
        checked = self.validated(shapes.OrganisationChange, request)
        changed = services.update_organisation(
            actor=self.actor(request),
            organisation_id=organisation_id,
            name=checked.get("name"),
            roles=checked.get("roles"),
        )
        return Answer(shapes.OrganisationAnswer(changed).data, gettext("Saved."))


class MemberList(ApiView):
    @extend_schema(operation_id="members_list", responses=shapes.MemberAnswer(many=True))
    def get(self, request: Request, organisation_id: UUID) -> Response:
        rows = selectors.own_members(actor=self.actor(request), organisation_id=organisation_id)
        return self.page(request, rows, shapes.MemberAnswer)


class MemberDetail(ApiView):
    @extend_schema(operation_id="members_update", request=shapes.MemberChange, responses=shapes.MemberAnswer)
    def patch(self, request: Request, organisation_id: UUID, user_id: UUID) -> Response:
        """Gives a member another role."""
        checked = self.validated(shapes.MemberChange, request)
        member = services.change_member(
            actor=self.actor(request),
            organisation_id=organisation_id,
            user_id=user_id,
            role=MemberRole(checked["role"]),
        )
        return Answer(shapes.MemberAnswer(member).data, gettext("Saved."))

    @extend_schema(operation_id="members_remove", responses={204: None})
    def delete(self, request: Request, organisation_id: UUID, user_id: UUID) -> Response:
        """An administrator removes a member, or one leaves oneself."""
        services.remove_member(actor=self.actor(request), organisation_id=organisation_id, user_id=user_id)
        return Response(status=204)


class SentInvitationList(ApiView):
    @extend_schema(operation_id="organisation_invitations_list", responses=shapes.InvitationAnswer(many=True))
    def get(self, request: Request, organisation_id: UUID) -> Response:
        rows = selectors.sent_invitations(actor=self.actor(request), organisation_id=organisation_id)
        return self.page(request, rows, shapes.InvitationAnswer)

    @extend_schema(
        operation_id="organisation_invitations_create",
        request=shapes.InvitationWrite,
        responses={201: shapes.InvitationAnswer},
        description="Keeps a place for whoever proves to have this phone or email. The answer tells nothing about them.",
    )
    @idempotent
    def post(self, request: Request, organisation_id: UUID) -> Response:
        checked = self.validated(shapes.InvitationWrite, request)
        invitation = services.invite(
            actor=self.actor(request),
            organisation_id=organisation_id,
            kind=IdentityKind(checked["kind"]),
            address=checked["address"],
            role=MemberRole(checked["role"]),
            now=clock.now(),
        )
        return Answer(shapes.InvitationAnswer(invitation).data, gettext("Invited."), status=201)


class SentInvitationDetail(ApiView):
    @extend_schema(operation_id="organisation_invitations_cancel", responses={204: None})
    def delete(self, request: Request, organisation_id: UUID, invitation_id: UUID) -> Response:
        services.cancel_invitation(
            actor=self.actor(request), organisation_id=organisation_id, invitation_id=invitation_id, now=clock.now()
        )
        return Response(status=204)


class InvitationList(ApiView):
    @extend_schema(operation_id="invitations_list", responses=shapes.InvitationToMe(many=True))
    def get(self, request: Request) -> Response:
        """Open invitations to one's proven addresses."""
        return self.page(request, selectors.my_invitations(actor=self.actor(request)), shapes.InvitationToMe)


class InvitationAccept(ApiView):
    @extend_schema(operation_id="invitations_accept", request=None, responses=shapes.OrganisationAnswer)
    @idempotent
    def post(self, request: Request, invitation_id: UUID) -> Response:
        joined = services.accept_invitation(actor=self.actor(request), invitation_id=invitation_id, now=clock.now())
        return Answer(shapes.OrganisationAnswer(joined).data, gettext("You are a member now."))


class InvitationDecline(ApiView):
    @extend_schema(operation_id="invitations_decline", request=None, responses={204: None})
    def post(self, request: Request, invitation_id: UUID) -> Response:
        services.decline_invitation(actor=self.actor(request), invitation_id=invitation_id, now=clock.now())
        return Response(status=204)


class AdvisorMandateList(ApiView):
    @extend_schema(operation_id="advisor_mandates_list", responses=shapes.AdvisorMandateAnswer(many=True))
    def get(self, request: Request) -> Response:
        """Mandates of one's organisations on either side, and those proposed to one."""
        rows = selectors.visible_advisor_mandates(actor=self.actor(request))
        return self.page(request, rows, shapes.AdvisorMandateAnswer)

    @extend_schema(
        operation_id="advisor_mandates_create",
        request=shapes.AdvisorMandateWrite,
        responses={201: shapes.AdvisorMandateAnswer},
        description="An advisor asks the owner at this address for a mandate. Nothing is open until the owner accepts.",
    )
    @idempotent
    def post(self, request: Request) -> Response:
        checked = self.validated(shapes.AdvisorMandateWrite, request)
        given = AdvisorMandateInput(
            kind=IdentityKind(checked["kind"]),
            address=checked["address"],
            scopes=sorted(set(checked["scopes"])),
            valid_from=checked["valid_from"],
            valid_until=checked["valid_until"],
            tail_months=checked["tail_months"],
        )
        mandate = services.propose_advisor_mandate(
            actor=self.actor(request), organisation_id=checked["organisation_id"], given=given, now=clock.now()
        )
        return Answer(shapes.AdvisorMandateAnswer(mandate).data, gettext("Proposed."), status=201)


class AdvisorMandateDetail(ApiView):
    @extend_schema(operation_id="advisor_mandates_retrieve", responses=shapes.AdvisorMandateAnswer)
    def get(self, request: Request, mandate_id: UUID) -> Response:
        found = selectors.get_visible_advisor_mandate(actor=self.actor(request), mandate_id=mandate_id)
        return Answer(shapes.AdvisorMandateAnswer(found).data)


class AdvisorMandateAccept(ApiView):
    @extend_schema(
        operation_id="advisor_mandates_accept",
        request=shapes.AdvisorMandateAccept,
        responses=shapes.AdvisorMandateAnswer,
    )
    @idempotent
    def post(self, request: Request, mandate_id: UUID) -> Response:
        checked = self.validated(shapes.AdvisorMandateAccept, request)
        mandate = services.accept_advisor_mandate(
            actor=self.actor(request),
            mandate_id=mandate_id,
            organisation_id=checked["organisation_id"],
            now=clock.now(),
        )
        return Answer(shapes.AdvisorMandateAnswer(mandate).data, gettext("The advisor may act for you now."))


class AdvisorMandateDecline(ApiView):
    @extend_schema(operation_id="advisor_mandates_decline", request=None, responses=shapes.AdvisorMandateAnswer)
    @idempotent
    def post(self, request: Request, mandate_id: UUID) -> Response:
        mandate = services.decline_advisor_mandate(actor=self.actor(request), mandate_id=mandate_id, now=clock.now())
        return Answer(shapes.AdvisorMandateAnswer(mandate).data, gettext("Declined."))


class AdvisorMandateEnd(ApiView):
    @extend_schema(
        operation_id="advisor_mandates_end",
        request=None,
        responses=shapes.AdvisorMandateAnswer,
        description="Either side ends it; the advisor's next request finds nothing of the owner's.",
    )
    @idempotent
    def post(self, request: Request, mandate_id: UUID) -> Response:
        mandate = services.end_advisor_mandate(actor=self.actor(request), mandate_id=mandate_id, now=clock.now())
        return Answer(shapes.AdvisorMandateAnswer(mandate).data, gettext("Ended."))


class BadgeList(ApiView):
    @extend_schema(operation_id="badges_list", responses=shapes.BadgeAnswer(many=True))
    def get(self, request: Request, organisation_id: UUID) -> Response:
        """Badges of an own organisation with their evidence, past ones included."""
        rows = selectors.own_badges(actor=self.actor(request), organisation_id=organisation_id)
        return self.page(request, rows, shapes.BadgeAnswer)


class VerificationList(ApiView):
    @extend_schema(operation_id="verification_requests_list", responses=shapes.VerificationAnswer(many=True))
    def get(self, request: Request, organisation_id: UUID) -> Response:
        rows = selectors.own_verification_requests(actor=self.actor(request), organisation_id=organisation_id)
        return self.page(request, rows, shapes.VerificationAnswer)

    @extend_schema(
        operation_id="verification_requests_create",
        request=shapes.VerificationWrite,
        responses={201: shapes.VerificationAnswer},
        description="Asks staff to review documents (tier 2) or proof of funds (tier 3).",
    )
    @idempotent
    def post(self, request: Request, organisation_id: UUID) -> Response:
        checked = self.validated(shapes.VerificationWrite, request)
        made = services.ask_for_verification(
            actor=self.actor(request),
            organisation_id=organisation_id,
            tier=Tier(checked["tier"]),
            statement=checked["statement"],
        )
        return Answer(shapes.VerificationAnswer(made).data, gettext("We look at it and tell you."), status=201)
