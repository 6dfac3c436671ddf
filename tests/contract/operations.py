"""Every operation of the API and how its rights are tried. A new operation needs a line here, or the walk fails.

`reach`:
- OPEN: anybody may call it, logged in or not; the reason is beside it.
- SELF: it acts on whoever calls; there is nothing of others to ask for.
- MARKET: others see live listings in it as far as they may, and nothing else.
- PUBLIC: the same, and nobody needs to be logged in for it.
- STAFF: colleagues only, by duty; for everybody else it is forbidden, whatever it names.
- OBJECT: its address or body names something of an owner; for everybody else that does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import (
    business_payload,
    figures_payload,
    listing_payload,
    loan_product_payload,
    mandate_payload,
)

World = dict[str, str]
Body = Callable[[World], dict[str, Any]]


class Reach(Enum):
    OPEN = auto()
    SELF = auto()
    MARKET = auto()
    PUBLIC = auto()
    STAFF = auto()
    OBJECT = auto()


@dataclass(frozen=True)
class Operation:
    """`body` makes a valid body from the ids of the owner's world; its ids are foreign for everybody else."""

    reach: Reach
    body: Body | None = None
    is_form: bool = False


def sheet_of_figures() -> SimpleUploadedFile:
    return SimpleUploadedFile("figures.csv", b"year,sales,profit,net worth,assets\n2023-24,50 cr,3 cr,9 cr,20 cr")


def fixed(**content: Any) -> Body:
    return lambda _world: content


def figures(_world: World) -> dict[str, Any]:
    return {name: value for name, value in figures_payload().items() if name != "fiscal_year"}


OPEN, SELF, MARKET, PUBLIC, OBJECT = Reach.OPEN, Reach.SELF, Reach.MARKET, Reach.PUBLIC, Reach.OBJECT
STAFF = Reach.STAFF
SEARCH = fixed(name="Textiles", frequency="daily", query={"state": ["GJ"]})
CODE_OF_CHALLENGE = {"challenge_id": "01a21541-0000-7000-8000-000000000000", "code": "123456"}
CODE = fixed(**CODE_OF_CHALLENGE)
TODAY = date(2026, 11, 26).isoformat()

OPERATIONS: dict[str, Operation] = {
    # log-in: whoever logs in is not logged in yet
    "auth_otp": Operation(OPEN, fixed(phone="+919800000000")),
    "auth_token": Operation(OPEN, CODE),
    "auth_link": Operation(OPEN, fixed(token="x" * 32)),
    "auth_token_refresh": Operation(OPEN, fixed(refresh="x" * 64)),
    "consent_notices_list": Operation(OPEN),
    # believed by Twilio's signature only
    "whatsapp_webhook": Operation(OPEN, fixed(MessageSid="SM1")),
    "whatsapp_status": Operation(OPEN, fixed(MessageSid="SM1")),
    # oneself
    "auth_logout": Operation(SELF),
    "auth_logout_everywhere": Operation(SELF),
    "auth_sessions_list": Operation(SELF),
    "auth_sessions_end": Operation(OBJECT),
    "me": Operation(SELF),
    "me_update": Operation(SELF, fixed(full_name="Somebody")),
    "me_identities_list": Operation(SELF),
    "me_identities_add": Operation(SELF, fixed(kind="email", address="somebody@example.in")),
    "me_identities_confirm": Operation(SELF, CODE),
    "me_identities_remove": Operation(OBJECT),
    "me_consents_list": Operation(SELF),
    "me_consents_record": Operation(SELF, fixed(purpose="service", is_given=False)),
    "me_consents_history": Operation(SELF),
    "me_data_summary": Operation(SELF),
    "me_data_requests_list": Operation(SELF),
    "me_data_requests_create": Operation(SELF, fixed(kind="grievance", text="Something")),
    "me_data_requests_retrieve": Operation(OBJECT),
    "me_nominee": Operation(SELF),
    "me_nominee_name": Operation(SELF, fixed(full_name="A", phone="9876543210", relation="friend")),
    "me_nominee_remove": Operation(SELF),
    "me_exports_list": Operation(SELF),
    "me_exports_create": Operation(SELF),
    "me_exports_retrieve": Operation(OBJECT),
    "me_erase": Operation(SELF, fixed(confirm=False)),
    "me_notification_settings": Operation(SELF),
    "me_notification_settings_update": Operation(SELF, fixed(daily_cap=3)),
    "notifications_list": Operation(SELF),
    "notifications_unread": Operation(SELF),
    "notifications_read": Operation(OBJECT),
    "notifications_read_all": Operation(SELF),
    "notifications_stream": Operation(SELF),
    # organisations
    "organisations_list": Operation(SELF),
    "organisations_create": Operation(SELF, fixed(name="New", roles=["buyer"])),
    "organisations_retrieve": Operation(OBJECT),
    "organisations_update": Operation(OBJECT, fixed(name="Taken over")),
    "members_list": Operation(OBJECT),
    "members_update": Operation(OBJECT, fixed(role="viewer")),
    "members_remove": Operation(OBJECT),
    "organisation_invitations_list": Operation(OBJECT),
    "organisation_invitations_create": Operation(OBJECT, fixed(kind="phone", address="+919811111111")),
    "organisation_invitations_cancel": Operation(OBJECT),
    "invitations_list": Operation(SELF),
    "invitations_accept": Operation(OBJECT),
    "invitations_decline": Operation(OBJECT),
    "badges_list": Operation(OBJECT),
    "verification_requests_list": Operation(OBJECT),
    "verification_requests_create": Operation(OBJECT, fixed(tier=2, statement="Ours")),
    "advisor_mandates_list": Operation(SELF),
    "advisor_mandates_create": Operation(
        OBJECT,
        lambda world: {
            "organisation_id": world["organisation_id"],
            "kind": "phone",
            "address": "+919811111111",
            "scopes": ["listing"],
            "valid_from": TODAY,
            "valid_until": TODAY,
        },
    ),
    "advisor_mandates_retrieve": Operation(OBJECT),
    "advisor_mandates_accept": Operation(OBJECT, lambda world: {"organisation_id": world["organisation_id"]}),
    "advisor_mandates_decline": Operation(OBJECT),
    "advisor_mandates_end": Operation(OBJECT),
    # businesses and listings
    "businesses_list": Operation(SELF),
    "businesses_create": Operation(OBJECT, lambda world: business_payload(organisation_id=world["organisation_id"])),
    "businesses_retrieve": Operation(OBJECT),
    "businesses_update": Operation(OBJECT, lambda _world: business_payload()),
    "businesses_msme_class": Operation(OBJECT),
    "financials_list": Operation(OBJECT),
    "financials_create": Operation(OBJECT, lambda _world: figures_payload()),
    "financials_replace": Operation(OBJECT, figures),
    "financials_imports_list": Operation(OBJECT),
    "financials_import": Operation(OBJECT, lambda _world: {"file": sheet_of_figures()}, is_form=True),
    "financials_import_retrieve": Operation(OBJECT),
    "listings_list": Operation(PUBLIC),
    "listings_create": Operation(OBJECT, lambda world: listing_payload(business_id=world["business_id"])),
    "listings_retrieve": Operation(PUBLIC),
    "listings_update": Operation(OBJECT, lambda _world: listing_payload()),
    "listings_submit": Operation(OBJECT),
    "listings_pause": Operation(OBJECT),
    "listings_resume": Operation(OBJECT),
    "listings_withdraw": Operation(OBJECT),
    "listings_under_offer": Operation(OBJECT),
    "listings_sold": Operation(OBJECT),
    "listings_available": Operation(OBJECT),
    "listings_reprice": Operation(OBJECT, fixed(ask_inr="39 crore")),
    "listings_versions": Operation(OBJECT),
    "listings_facets": Operation(PUBLIC),
    "listings_quality": Operation(OBJECT),
    "saved_searches_list": Operation(SELF),
    "saved_searches_create": Operation(SELF, SEARCH),
    "saved_searches_update": Operation(OBJECT, SEARCH),
    "saved_searches_delete": Operation(OBJECT),
    "listings_price_history": Operation(MARKET),
    "documents_list": Operation(OBJECT),
    "documents_create": Operation(
        OBJECT, fixed(kind="accounts", name="Balance sheet", content_type="application/pdf", size=100)
    ),
    "documents_retrieve": Operation(OBJECT),
    "documents_delete": Operation(OBJECT),
    "documents_complete": Operation(OBJECT),
    "documents_link": Operation(OBJECT),
    "documents_views": Operation(OBJECT),
    # valuation, matching
    "valuations_list": Operation(SELF),
    "valuations_create": Operation(OBJECT, lambda world: {"business_id": world["business_id"]}),
    "valuations_check": Operation(OBJECT, lambda world: {"business_id": world["business_id"]}),
    "valuations_retrieve": Operation(OBJECT),
    "valuations_compare": Operation(OBJECT),
    "valuations_levers": Operation(OBJECT),
    "valuations_scenario": Operation(OBJECT, fixed(growth="0.05")),
    "valuations_report": Operation(OBJECT),
    "valuations_working_papers": Operation(OBJECT),
    "valuation_narrative_retrieve": Operation(OBJECT),
    "valuation_narrative_create": Operation(OBJECT),
    "valuation_shares_list": Operation(OBJECT),
    "valuation_shares_create": Operation(OBJECT, fixed(label="A banker")),
    "valuation_shares_revoke": Operation(OBJECT),
    "listing_valuation_retrieve": Operation(MARKET),
    "listing_valuation_show": Operation(OBJECT, lambda world: {"valuation_id": world["valuation_id"], "shows": "band"}),
    "listing_valuation_hide": Operation(OBJECT),
    "listings_closed_price": Operation(OBJECT, fixed(price_inr="3 crore")),
    "mandates_list": Operation(SELF),
    "mandates_create": Operation(OBJECT, lambda world: mandate_payload(organisation_id=world["organisation_id"])),
    "mandates_retrieve": Operation(OBJECT),
    "mandates_update": Operation(OBJECT, lambda _world: mandate_payload()),
    "mandates_delete": Operation(OBJECT),
    "mandates_stop_alerts": Operation(OBJECT),
    "mandates_matches": Operation(OBJECT),
    "mandates_match": Operation(OBJECT),
    "mandates_match_feedback": Operation(OBJECT, fixed(kind="saved")),
    "listings_matches": Operation(OBJECT),
    "listings_acceptance": Operation(OBJECT),
    "listings_acceptance_update": Operation(OBJECT, fixed(tier=1)),
    "listings_lenders": Operation(OBJECT),
    "listings_documents": Operation(MARKET),
    "listings_documents_link": Operation(OBJECT),
    "matching_search": Operation(MARKET, fixed(text="metal works")),
    "matching_statistics": Operation(SELF),
    "introductions_list": Operation(SELF),
    "introductions_create": Operation(
        OBJECT, lambda world: {"mandate_id": world["mandate_id"], "listing_id": world["listing_id"]}
    ),
    "introductions_retrieve": Operation(OBJECT),
    "introductions_moves": Operation(OBJECT),
    "introductions_approve": Operation(OBJECT),
    "introductions_decline": Operation(OBJECT, fixed(reason="not_now")),
    "introductions_withdraw": Operation(OBJECT),
    "introductions_suspend": Operation(OBJECT),
    "introductions_resume": Operation(OBJECT),
    "introductions_revoke": Operation(OBJECT),
    "introductions_open_room": Operation(OBJECT),
    "introductions_messages": Operation(OBJECT),
    "introductions_messages_create": Operation(OBJECT, fixed(text="Hello")),
    "introductions_messages_report": Operation(OBJECT, fixed(reason="spam")),
    "introductions_nda": Operation(OBJECT),
    "introductions_nda_code": Operation(OBJECT),
    "introductions_nda_sign": Operation(OBJECT, fixed(**CODE_OF_CHALLENGE, sha256="0" * 64)),
    "introductions_nda_pdf": Operation(OBJECT),
    "introductions_letters": Operation(OBJECT),
    "introductions_letters_create": Operation(OBJECT, fixed(price_inr="3 crore", valid_until="2099-01-01")),
    "letters_accept": Operation(OBJECT),
    "letters_decline": Operation(OBJECT),
    "letters_withdraw": Operation(OBJECT),
    "organisations_nda_text": Operation(OBJECT, fixed(text="Our agreement. " * 20)),
    "loan_products_list": Operation(SELF),
    "loan_products_create": Operation(
        OBJECT, lambda world: loan_product_payload(organisation_id=world["organisation_id"])
    ),
    "loan_products_update": Operation(OBJECT, lambda _world: loan_product_payload()),
    # the staff's desk
    "admin_statistics": Operation(STAFF),
    "admin_measures": Operation(STAFF),
    "admin_chart": Operation(STAFF),
    "admin_queues": Operation(STAFF),
    "admin_queue_items": Operation(STAFF),
    "admin_queue_next": Operation(STAFF),
    "admin_queue_act_on_many": Operation(STAFF, lambda world: {"act": "approve", "items": [world["item_id"]]}),
    "admin_item_claim": Operation(STAFF),
    "admin_item_release": Operation(STAFF),
    "admin_item_act": Operation(STAFF, fixed(act="approve")),
    "admin_decision_undo": Operation(STAFF),
    "admin_kyc": Operation(STAFF),
    "admin_timeline": Operation(STAFF),
    "admin_valuation_rerun": Operation(STAFF),
    "admin_valuation_override": Operation(STAFF, fixed(point_inr="2", low80_inr="1", high80_inr="3", reason="Land")),
    "admin_actions": Operation(STAFF),
    "admin_views_list": Operation(STAFF),
    "admin_views_create": Operation(STAFF, fixed(model="msme.listing", name="Live")),
    "admin_views_delete": Operation(STAFF),
    "admin_exports_list": Operation(STAFF),
    "admin_exports_create": Operation(STAFF, fixed(model="msme.listing", format="csv")),
    "admin_exports_retrieve": Operation(STAFF),
    "admin_exports_link": Operation(STAFF),
    "admin_system": Operation(STAFF),
}
