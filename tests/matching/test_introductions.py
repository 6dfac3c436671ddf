"""Introductions: both sides agree before either is known; what follows is signed, logged and frozen as promised."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django import Settings

from accounts import services as accounts
from accounts.models import Notification
from accounts.types import Tier
from matching import selectors, services
from matching.exceptions import EquityLimitReached, MoveNotLegal
from matching.models import EquityApproach, Introduction, IntroductionMove, Letter, Mandate, NdaSignature
from matching.services.lanes import apr_of, instalment_of
from matching.services.letters import LetterInput
from matching.services.masking import mask
from matching.types import MOVES, IntroductionState, Move, Side
from msme.models import Document, Listing
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import AppError
from tests.at_once import at_once
from tests.conftest import Persona
from tests.factories import CRORE, add_figures, loan_product_payload, make_business, make_live_listing, mandate_payload
from valuation.models import ObservedPrice

URL = "/api/v1/introductions/"
Drain = Callable[[], int]
Make = Callable[[], Persona]


def mandate_of(persona: Persona, **changes: Any) -> UUID:
    answer = persona.client.post("/api/v1/mandates/", mandate_payload(**changes), format="json")
    assert answer.status_code == 201, answer.content
    return UUID(answer.json()["data"]["id"])


def ask(persona: Persona, mandate_id: UUID, listing: Listing, note: str = "") -> Any:
    content = {"mandate_id": str(mandate_id), "listing_id": str(listing.id), "note": note}
    return persona.client.post(URL, content, format="json")


def post(persona: Persona, introduction_id: Any, step: str, content: Any = None) -> Any:
    return persona.client.post(f"{URL}{introduction_id}/{step}/", content or {}, format="json")


def get(persona: Persona, introduction_id: Any, what: str = "") -> Any:
    return persona.client.get(f"{URL}{introduction_id}/{what}")


@pytest.fixture
def listing(seller: Persona, staff_actor: Actor, drain: Drain) -> Listing:
    made = make_live_listing(seller.actor, staff_actor)
    drain()
    return made


@pytest.fixture
def asked(buyer: Persona, listing: Listing, drain: Drain) -> str:
    mandate_id = mandate_of(buyer)
    drain()
    answer = ask(buyer, mandate_id, listing, "We run two forges. Call 98765 43210 or mail me@forge.in")
    assert answer.status_code == 201, answer.content
    drain()
    return str(answer.json()["data"]["id"])


@pytest.fixture
def approved(seller: Persona, asked: str, drain: Drain) -> str:
    assert post(seller, asked, "approve").status_code == 200
    drain()
    return asked


def sign(persona: Persona, introduction_id: str, code_on: Callable[[str], str]) -> Any:
    sent = post(persona, introduction_id, "nda/code")
    assert sent.status_code == 201, sent.content
    return post(
        persona,
        introduction_id,
        "nda/sign",
        {
            "challenge_id": sent.json()["data"]["challenge_id"],
            "code": code_on(str(persona.phone)),
            "sha256": get(persona, introduction_id, "nda/").json()["data"]["sha256"],
        },
    )


@pytest.fixture
def signed(buyer: Persona, approved: str, code_on: Callable[[str], str], drain: Drain) -> str:
    answer = sign(buyer, approved, code_on)
    assert answer.status_code == 200, answer.content
    drain()
    return approved


def kinds_told(persona: Persona) -> list[str]:
    rows = Notification.objects.filter(user_id=persona.actor.user_id, kind__startswith="matching.").order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_before_the_owner_agrees_neither_knows_the_other(seller: Persona, buyer: Persona, asked: str) -> None:
    accounts.update_me(user_id=buyer.actor.user_id, full_name="Bela Buyer", language=None)

    for persona in (seller, buyer):
        shown = get(persona, asked).json()["data"]
        assert shown["state"] == "asked"
        assert shown["other"]["name"] is None
        assert "Bela" not in str(shown) and "Shivneri" not in str(shown)
        assert str(buyer.organisation_id) not in str(shown) and str(seller.organisation_id) not in str(shown)
        assert shown["note"] == "We run two forges. Call ••• or mail •••"
    assert get(seller, asked).json()["data"]["mandate_id"] is None
    assert get(buyer, asked).json()["data"]["mandate_id"] == str(Mandate.objects.get().id)
    assert get(seller, asked).json()["data"]["moves_possible"] == ["approve", "decline"]
    assert get(buyer, asked).json()["data"]["moves_possible"] == ["withdraw"]
    assert "matching.introduction_asked" in kinds_told(seller)


def test_the_way_from_request_to_data_room(
    seller: Persona, buyer: Persona, listing: Listing, asked: str, code_on: Callable[[str], str], drain: Drain
) -> None:
    page = f"/api/v1/listings/{listing.id}/"
    accounts.update_me(user_id=buyer.actor.user_id, full_name="Bela Buyer", language=None)
    assert buyer.client.get(page).json()["data"]["level"] == "member"
    assert post(buyer, asked, "nda/code").status_code == 409

    assert post(seller, asked, "approve").json()["data"]["other"]["name"] == "Bela Buyer"
    drain()
    assert buyer.client.get(page).json()["data"]["level"] == "member"
    assert get(buyer, asked).json()["data"]["other"]["name"] is None
    assert "matching.introduction_approved" in kinds_told(buyer)
    assert post(seller, asked, "open-room").status_code == 409

    assert sign(buyer, asked, code_on).status_code == 200
    shown = buyer.client.get(page).json()["data"]
    assert (shown["level"], shown["legal_name"]) == ("nda", "Shivneri Fabrications Private Limited")
    assert "accounts" not in shown

    assert post(seller, asked, "open-room").status_code == 200
    assert buyer.client.get(page).json()["data"]["level"] == "data_room"

    post(seller, asked, "suspend")
    assert buyer.client.get(page).json()["data"]["level"] == "member"
    post(seller, asked, "resume")
    assert buyer.client.get(page).json()["data"]["level"] == "data_room"
    post(seller, asked, "revoke")
    assert buyer.client.get(page).json()["data"]["level"] == "member"
    drain()
    moves = get(buyer, asked, "moves/").json()["data"]
    assert [move["after"] for move in moves] == ["asked", "approved", "suspended", "approved", "revoked"]
    assert [move["number"] for move in moves] == [1, 2, 3, 4, 5]


def test_what_is_signed_is_what_was_read_and_both_have_the_pdf(
    seller: Persona, buyer: Persona, signed: str, code_on: Callable[[str], str]
) -> None:
    agreement = get(seller, signed, "nda/").json()["data"]
    signature = NdaSignature.objects.get()

    assert agreement["signed_at"] is not None
    assert signature.sha256 == agreement["sha256"] == services.agreements.digest_of(agreement["text"])
    pdfs = [get(persona, signed, "nda/pdf/").content for persona in (seller, buyer)]
    assert pdfs[0] == pdfs[1]
    assert pdfs[0].startswith(b"%PDF")
    assert post(buyer, signed, "nda/code").status_code == 409
    again = post(
        buyer, signed, "nda/sign", {"challenge_id": str(signature.id), "code": "000000", "sha256": agreement["sha256"]}
    )
    assert again.json()["data"]["signed_at"] == agreement["signed_at"]
    with pytest.raises(Exception, match="append_only"), transaction.atomic():
        NdaSignature.objects.update(sha256="0" * 64)


def test_another_text_or_a_wrong_code_signs_nothing(
    seller: Persona, buyer: Persona, approved: str, code_on: Callable[[str], str]
) -> None:
    text = get(buyer, approved, "nda/").json()["data"]
    sent = post(buyer, approved, "nda/code").json()["data"]
    right = {"challenge_id": sent["challenge_id"], "code": code_on(str(buyer.phone)), "sha256": text["sha256"]}

    assert post(buyer, approved, "nda/sign", {**right, "sha256": "0" * 64}).json()["error"]["code"] == (
        "matching.agreement_changed"
    )
    assert post(buyer, approved, "nda/sign", {**right, "code": "000000"}).status_code in (400, 422)
    assert post(seller, approved, "nda/sign", right).status_code == 403
    assert get(buyer, approved, "nda/pdf/").status_code == 404
    assert not NdaSignature.objects.exists()


def test_an_owners_own_text_holds_for_whoever_signs_from_then_on(
    seller: Persona, buyer: Persona, approved: str
) -> None:
    content = {"text": "Our own agreement. " * 20, "language": "en"}
    path = f"/api/v1/organisations/{seller.organisation_id}/nda-texts/"

    assert seller.client.post(path, content, format="json").status_code == 201
    assert buyer.client.post(path, content, format="json").status_code == 404
    shown = get(buyer, approved, "nda/").json()["data"]
    assert (shown["is_own_text"], shown["text"], shown["number"]) == (True, content["text"].strip(), 1)


def test_the_agreement_is_there_in_hindi(buyer: Persona, approved: str) -> None:
    shown = buyer.client.get(f"{URL}{approved}/nda/", HTTP_ACCEPT_LANGUAGE="hi").json()["data"]

    assert shown["language"] == "hi"
    assert shown["text"].startswith("गोपनीयता समझौता")


def test_papers_are_read_as_far_as_one_was_let_in(
    seller: Persona, buyer: Persona, stranger: Persona, listing: Listing, signed: str
) -> None:
    for level in ("nda", "data_room"):
        Document.objects.create(
            business_id=listing.business_id,
            uploaded_by_id=seller.actor.user_id,
            kind="accounts",
            name=f"Paper {level}",
            content_type="application/pdf",
            size=10,
            level=level,
            state="ready",
            scan="clean",
            sha256="0" * 64,
            object_key=f"documents/{level}",
        )
    path = f"/api/v1/listings/{listing.id}/documents/"

    def papers(persona: Persona) -> list[str]:
        return sorted(row["name"] for row in persona.client.get(path).json()["data"])

    assert papers(stranger) == []
    assert papers(buyer) == ["Paper nda"]
    room = Document.objects.get(level="data_room")
    assert buyer.client.post(f"{path}{room.id}/links/").status_code == 404
    post(seller, signed, "open-room")
    assert papers(buyer) == ["Paper data_room", "Paper nda"]
    assert papers(seller) == ["Paper data_room", "Paper nda"]
    post(seller, signed, "revoke")
    assert papers(buyer) == []


def test_one_side_cannot_do_what_is_the_others(seller: Persona, buyer: Persona, stranger: Persona, asked: str) -> None:
    assert post(buyer, asked, "approve").json()["error"]["code"] == "matching.wrong_side"
    assert post(seller, asked, "withdraw").status_code == 403
    for persona_step in ("approve", "withdraw", "suspend"):
        assert post(stranger, asked, persona_step).status_code == 404
    assert get(stranger, asked).status_code == 404
    assert get(stranger, asked, "messages/").status_code == 404
    assert Introduction.objects.get().state == "asked"


def test_asking_twice_or_without_a_fit_is_refused(
    seller: Persona, buyer: Persona, listing: Listing, asked: str, drain: Drain
) -> None:
    mandate_id = Mandate.objects.get().id

    assert ask(buyer, mandate_id, listing).json()["error"]["code"] == "matching.introduction_open"
    strict = mandate_of(buyer, nic_include=["10"], strict=["sector"])
    refused = ask(buyer, strict, listing).json()["error"]
    assert (refused["code"], refused["errors"][0]["code"]) == ("matching.introduction_not_possible", "sector")
    assert ask(seller, mandate_of(seller), listing).status_code == 422

    post(buyer, asked, "withdraw")
    assert ask(buyer, mandate_id, listing).status_code == 201


def test_whoever_asks_everybody_is_stopped(buyer: Persona, listing: Listing, drain: Drain, settings: Settings) -> None:
    settings.INTRODUCTIONS_PER_ORGANISATION = "1/day"
    mandate_id = mandate_of(buyer)
    drain()
    first = ask(buyer, mandate_id, listing).json()["data"]["id"]
    post(buyer, first, "withdraw")

    assert ask(buyer, mandate_id, listing).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_two_mandates_of_one_seeker_that_ask_at_once_are_one_request(
    seller: Persona, buyer: Persona, staff_actor: Actor
) -> None:
    listing = make_live_listing(seller.actor, staff_actor)
    services.match_listing(listing_id=listing.id)
    mandates = iter([mandate_of(buyer) for _ in range(6)])
    lock = threading.Lock()

    def work() -> str:
        with lock:
            mandate_id = next(mandates)
        try:
            services.ask_for_introduction(
                actor=buyer.actor, mandate_id=mandate_id, listing_id=listing.id, note="", now=clock.now()
            )
        except AppError as refused:
            return refused.code
        return "asked"

    assert Counter(at_once(6, work)) == {"asked": 1, "matching.introduction_open": 5}


def test_repeating_a_step_changes_nothing_and_a_wrong_one_says_where_it_stands(
    seller: Persona, buyer: Persona, approved: str
) -> None:
    assert post(seller, approved, "approve").status_code == 200
    refused = post(seller, approved, "decline")

    assert refused.status_code == 409
    assert "Introduced" in refused.json()["message"]
    assert IntroductionMove.objects.count() == 2


def test_the_clock_reminds_twice_and_ends_what_nobody_answers(
    seller: Persona, buyer: Persona, listing: Listing, drain: Drain
) -> None:
    mandate_id = mandate_of(buyer)
    drain()
    start = clock.now()
    ask(buyer, mandate_id, listing)
    drain()

    for hours, told in ((23, 0), (25, 1), (26, 1), (61, 2), (71, 2)):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            services.keep_the_clock(now=clock.now())
            assert kinds_told(seller).count("matching.introduction_waits") == told, hours
    introduction = Introduction.objects.get()
    with time_machine.travel(start + timedelta(hours=73), tick=False):
        with pytest.raises(MoveNotLegal):
            services.move_introduction(
                actor=seller.actor, introduction_id=introduction.id, move=Move.APPROVE, now=clock.now()
            )
        services.keep_the_clock(now=clock.now())
        drain()
    assert Introduction.objects.get().state == "expired"
    assert "matching.introduction_expired" in kinds_told(buyer)


def test_messages_hide_contact_data_before_and_warn_always(seller: Persona, buyer: Persona, asked: str) -> None:
    text = "Call me on nine eight seven six five four three two one zero, token advance bhej do."
    sent = post(buyer, asked, "messages", {"text": text})
    assert sent.status_code == 201
    assert sent.json()["data"]["text"] == text
    assert sent.json()["data"]["is_masked"] is True

    (read,) = get(seller, asked, "messages/").json()["data"]
    assert "nine eight" not in read["text"] and "•••" in read["text"]
    assert read["warnings"] == [
        "Never pay a token or an advance before a signed contract. Honest owners do not ask for it."
    ]

    post(seller, asked, "approve")
    post(buyer, asked, "messages", {"text": "My number is 98765 43210. Pay by UPI."})
    read = get(seller, asked, "messages/").json()["data"][0]
    assert "98765 43210" in read["text"]
    hindi = seller.client.get(f"{URL}{asked}/messages/", HTTP_ACCEPT_LANGUAGE="hi").json()["data"][0]
    assert "भुगतान न करें" in hindi["warnings"][0] and "payment na karein" in hindi["warnings"][0]
    post(seller, asked, "revoke")
    assert post(buyer, asked, "messages", {"text": "Hello?"}).status_code == 409


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("मेरा नंबर ९८७६५ ४३२१० है", ("phone",)),
        ("mail a.b (at) gmail (dot) com", ("email",)),
        ("see www.forge.co.in", ("url",)),
        ("We make 9876 parts for Rs 43 lakh a year", ()),
    ],
)
def test_what_counts_as_contact_data(text: str, kinds: tuple[str, ...]) -> None:
    assert mask(text).hidden == kinds


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("Please pay the token amount today", "token_advance"),
        ("पहले बयाना दीजिए", "token_advance"),
        ("thoda advance payment bhej do", "token_advance"),
        ("Pay directly by UPI outside the platform", "off_platform"),
        ("फोनपे पर भेज दीजिए", "off_platform"),
        ("gpay kar do bhai", "off_platform"),
        ("ओटीपी बताओ", "secrets"),
        ("Our turnover grew in advance of the plan", ""),
        ("Customers pay within sixty days", ""),
        ("हमारी फ़ैक्टरी पुणे में है", ""),
    ],
)
def test_tricks_are_named_in_three_ways_of_writing(text: str, warned: str) -> None:
    assert mask(text).warnings == ((warned,) if warned else ())


def letter(persona: Persona, introduction_id: str, price: str = "35 crore") -> Any:
    content = {"price_inr": price, "valid_until": (clock.today_in_india() + timedelta(days=14)).isoformat()}
    return post(persona, introduction_id, "letters", content)


def test_an_accepted_letter_freezes_the_others_and_its_end_releases_them(
    seller: Persona,
    buyer: Persona,
    stranger: Persona,
    listing: Listing,
    signed: str,
    code_on: Callable[[str], str],
    drain: Drain,
) -> None:
    other_mandate = mandate_of(stranger)
    drain()
    other = ask(stranger, other_mandate, listing).json()["data"]["id"]
    post(seller, other, "approve")
    sign(stranger, other, code_on)
    page = f"/api/v1/listings/{listing.id}/"
    assert stranger.client.get(page).json()["data"]["level"] == "nda"

    sent = letter(buyer, signed).json()["data"]
    assert letter(buyer, signed).json()["error"]["code"] == "matching.letter_open"
    assert ObservedPrice.objects.get(kind="offer").amount_inr == 35 * CRORE
    accept = f"/api/v1/letters/{sent['id']}/accept/"
    assert stranger.client.post(accept).status_code == 404
    assert buyer.client.post(accept).status_code == 403
    assert seller.client.post(accept).json()["data"]["state"] == "accepted"
    drain()

    assert Listing.objects.get(pk=listing.id).status == "under_offer"
    assert get(stranger, other).json()["data"]["state"] == "frozen"
    assert stranger.client.get(page).status_code == 404
    assert buyer.client.get(page).json()["data"]["level"] == "nda"
    assert "matching.introduction_frozen" in kinds_told(stranger)
    assert post(seller, other, "resume").status_code == 409

    assert buyer.client.post(f"/api/v1/letters/{sent['id']}/withdraw/").status_code == 200
    drain()
    assert get(stranger, other).json()["data"]["state"] == "approved"
    assert seller.client.post(accept).status_code == 409


def test_a_seeker_who_leaves_takes_the_accepted_letter_along(
    seller: Persona, buyer: Persona, listing: Listing, signed: str, drain: Drain
) -> None:
    sent = letter(buyer, signed).json()["data"]
    seller.client.post(f"/api/v1/letters/{sent['id']}/accept/")

    post(buyer, signed, "withdraw")

    assert Letter.objects.get().state == "lapsed"


def test_a_letter_needs_a_signature_a_price_and_a_day_to_come(
    seller: Persona, buyer: Persona, approved: str, code_on: Callable[[str], str]
) -> None:
    assert letter(buyer, approved).json()["error"]["code"] == "matching.agreement_first"
    sign(buyer, approved, code_on)
    assert letter(buyer, approved, "0").status_code == 400
    assert letter(seller, approved).status_code == 403
    past = {"price_inr": "1 crore", "valid_until": "2020-01-01"}
    assert post(buyer, approved, "letters", past).json()["error"]["errors"][0]["field"] == "valid_until"


def test_the_table_of_moves_ends_where_nothing_is_open() -> None:
    for move, (side, before, after) in MOVES.items():
        assert after not in before, move
        assert all(IntroductionState(state).is_open for state in before), move
        assert side in Side


PRODUCT = loan_product_payload()


def test_every_lender_that_fits_is_shown_with_the_same_facts_and_it_is_written_down(
    seller: Persona, buyer: Persona, stranger: Persona, staff_actor: Actor
) -> None:
    from matching.models import LoanComparison

    listing = make_live_listing(seller.actor, staff_actor, intent="loan")
    for persona in (buyer, stranger):
        accounts.update_organisation(
            actor=persona.actor, organisation_id=persona.organisation_id, name=None, roles=["lender"]
        )
    made = buyer.client.post("/api/v1/loan-products/", PRODUCT, format="json")
    assert made.status_code == 201, made.content
    stranger.client.post("/api/v1/loan-products/", {**PRODUCT, "rate_pct": "9", "lender_name": "Other"}, format="json")
    stranger.client.post("/api/v1/loan-products/", {**PRODUCT, "tenor_max_months": 24}, format="json")
    stranger.client.post("/api/v1/loan-products/", {**PRODUCT, "states": ["KL"]}, format="json")
    path = f"/api/v1/listings/{listing.id}/lenders/"

    found = seller.client.get(path).json()["data"]

    assert {row["lender_name"] for row in found} == {"Sahyadri Finance", "Other"}
    assert [row["product_id"] for row in found] == [row["product_id"] for row in seller.client.get(path).json()["data"]]
    assert all(Decimal(row["apr_pct"]) > Decimal(row["rate_pct"]) for row in found)
    log = LoanComparison.objects.first()
    assert log is not None and len(log.shown) == 2 and log.method == "every-match-by-hash-1"
    assert buyer.client.get(path).status_code == 404
    mandate_of(buyer, kind="lender", intents=["loan"], ticket_min_inr="1 crore")
    assert seller.client.get(f"/api/v1/listings/{listing.id}/matches/").json()["data"] == []
    product = made.json()["data"]["id"]
    assert stranger.client.put(f"/api/v1/loan-products/{product}/", PRODUCT, format="json").status_code == 404
    buyer.client.put(f"/api/v1/loan-products/{product}/", {**PRODUCT, "is_active": False}, format="json")
    assert len(seller.client.get(path).json()["data"]) == 1


def test_a_sale_has_no_lenders_and_terms_must_fit(seller: Persona, buyer: Persona, listing: Listing) -> None:
    assert seller.client.get(f"/api/v1/listings/{listing.id}/lenders/").status_code == 404
    accounts.update_organisation(actor=buyer.actor, organisation_id=buyer.organisation_id, name=None, roles=["lender"])
    wrong = {**PRODUCT, "tenor_min_months": 70, "states": ["XX"]}
    faults = buyer.client.post("/api/v1/loan-products/", wrong, format="json").json()["error"]["errors"]
    assert [fault["field"] for fault in faults] == ["tenor_max_months", "states"]


def test_instalment_and_annual_rate_to_the_paisa() -> None:
    """10 lakh at 12 percent over 36 months: 33,214.31 a month; with 1.5 percent of fees 13.05 percent a year (by hand)."""
    instalment = instalment_of(Decimal(1_000_000), Decimal(12), 36)

    assert instalment == Decimal("33214.31")
    assert apr_of(Decimal(1_000_000), instalment, 36) == Decimal("12.00")
    assert apr_of(Decimal(985_000), instalment, 36) == Decimal("13.05")
    assert instalment_of(Decimal(1200), Decimal(0), 12) == Decimal("100.00")


def test_the_201st_investor_of_a_year_is_refused_and_the_first_ones_count_once(db: None) -> None:
    issuer, now = UUID(int=1), clock.now()
    for number in range(200):
        services.count_equity_approach(issuer_id=issuer, investor_id=UUID(int=1000 + number), now=now)

    with pytest.raises(EquityLimitReached):
        services.count_equity_approach(issuer_id=issuer, investor_id=UUID(int=9), now=now)
    assert services.count_equity_approach(issuer_id=issuer, investor_id=UUID(int=1000), now=now) == 1
    assert services.count_equity_approach(issuer_id=UUID(int=2), investor_id=UUID(int=9), now=now) == 1
    later = now + timedelta(days=366)
    assert services.count_equity_approach(issuer_id=issuer, investor_id=UUID(int=9), now=later) == 1
    assert EquityApproach.objects.count() == 202


@pytest.mark.django_db(transaction=True)
def test_two_hundred_random_actors_break_nothing(seller: Persona, make_persona: Make, staff_actor: Actor) -> None:
    """20 threads, 200 rounds of random steps by 8 seekers and an owner of 2 listings, every tenth aborted halfway: afterwards the
    log of moves replays to the states that are stored, no state was reached by an illegal move, nobody was let in who may not
    be, and no listing has two accepted letters."""
    listings = [make_live_listing(seller.actor, staff_actor) for _ in range(2)]
    seekers = [make_persona() for _ in range(8)]
    for listing in listings:
        services.match_listing(listing_id=listing.id)
    mandates = {seeker.actor.user_id: mandate_of(seeker) for seeker in seekers}
    outcomes: Counter[str] = Counter()
    lock = threading.Lock()

    class Aborted(Exception):
        pass

    def step(draw: random.Random) -> None:
        seeker, listing = draw.choice(seekers), draw.choice(listings)
        own = list(Introduction.objects.filter(listing=listing).values_list("id", flat=True))
        now = clock.now()
        choice = draw.random()
        if choice < 0.35 or not own:
            services.ask_for_introduction(
                actor=seeker.actor,
                mandate_id=mandates[seeker.actor.user_id],
                listing_id=listing.id,
                note="",
                now=now,
            )
        elif choice < 0.85:
            introduction_id = draw.choice(own)
            move = draw.choice([Move.APPROVE, Move.DECLINE, Move.WITHDRAW, Move.SUSPEND, Move.RESUME, Move.REVOKE])
            row = Introduction.objects.get(pk=introduction_id)
            side = MOVES[move][0]
            who = seller if side is Side.OWNER else next(s for s in seekers if s.organisation_id == row.seeker_id)
            services.move_introduction(actor=who.actor, introduction_id=introduction_id, move=move, now=now)
        elif choice < 0.93:
            introduction = Introduction.objects.get(pk=draw.choice(own))
            who = next(s for s in seekers if s.organisation_id == introduction.seeker_id)
            make_signature(introduction, who)
            given = LetterInput(Decimal(30) * CRORE, clock.today_in_india())
            services.send_letter(actor=who.actor, introduction_id=introduction.id, given=given, now=now)
        else:
            found = Letter.objects.filter(introduction__listing=listing).order_by("?").first()
            if found is not None:
                answer = draw.choice([services.accept_letter, services.decline_letter])
                answer(actor=seller.actor, letter_id=found.id, now=now)

    def work(number: int) -> None:
        draw = random.Random(number)
        try:
            for _ in range(10):
                try:
                    with transaction.atomic():
                        step(draw)
                        if draw.random() < 0.1:
                            raise Aborted
                    outcome = "done"
                except Aborted:
                    outcome = "aborted"
                except AppError as refused:
                    outcome = refused.code
                with lock:
                    outcomes[outcome] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(outcomes.values()) == 200, outcomes
    assert outcomes["done"] > 20 and outcomes["aborted"] > 0, outcomes
    for introduction in Introduction.objects.all():
        state = ""
        moves = list(introduction.moves.order_by("number"))
        assert [move.number for move in moves] == list(range(1, introduction.version + 1))
        for move in moves:
            assert move.before == state
            if move.move != Move.ASK:
                _, legal_from, after = MOVES[Move(move.move)]
                assert move.before in legal_from and move.after == after
            state = move.after
        assert state == introduction.state
        may_see = introduction.state == IntroductionState.APPROVED and hasattr(introduction, "signature")
        seeker = next(s for s in seekers if s.organisation_id == introduction.seeker_id)
        if may_see:
            assert selectors.level_of(actor=seeker.actor, listing_id=introduction.listing_id).rank >= 2
    for listing in listings:
        rows = Introduction.objects.filter(listing=listing)
        open_ones = Counter(
            rows.filter(state__in=["asked", "approved", "suspended", "frozen"]).values_list("seeker_id", flat=True)
        )
        assert all(count == 1 for count in open_ones.values())
        accepted = Letter.objects.filter(introduction__listing=listing, state="accepted")
        assert accepted.count() <= 1
        if accepted:
            assert not rows.filter(state="approved").exclude(pk=accepted[0].introduction_id).exists()
        else:
            assert not rows.filter(state="frozen").exists()


def make_signature(introduction: Introduction, seeker: Persona) -> None:
    """As a signed code would, without the vendor."""
    text = services.text_for(introduction, "en")
    NdaSignature.objects.get_or_create(
        introduction=introduction,
        defaults={
            "nda_text": text,
            "user_id": seeker.actor.user_id,
            "signer": "Somebody",
            "sha256": text.sha256,
            "challenge_id": introduction.id,
            "network": "127.0.0.1",
            "signed_at": clock.now(),
        },
    )


def test_a_listing_that_asks_for_equity_counts_its_investors_when_they_are_let_in(
    seller: Persona, buyer: Persona, staff_actor: Actor, drain: Drain
) -> None:
    business = make_business(seller.actor)
    add_figures(seller.actor, business)
    listing = make_live_listing(seller.actor, staff_actor, business, intent="equity_investment")
    accounts.update_organisation(
        actor=buyer.actor, organisation_id=buyer.organisation_id, name=None, roles=["buyer", "investor"]
    )
    accounts.grant_badge(
        organisation_id=buyer.organisation_id,
        tier=Tier.T2_DOCUMENTS,
        evidence={},
        reviewer_id=staff_actor.user_id,
        now=clock.now(),
    )
    drain()
    answer = ask(buyer, mandate_of(buyer, kind="investor", intents=["equity_investment"]), listing)
    assert answer.status_code == 201, answer.content
    assert not EquityApproach.objects.exists()

    post(seller, answer.json()["data"]["id"], "approve")

    counted = EquityApproach.objects.get()
    assert (counted.issuer_id, counted.investor_id, counted.number) == (business.id, buyer.organisation_id, 1)
