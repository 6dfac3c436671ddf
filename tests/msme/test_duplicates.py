"""Businesses that may be one: found, decided, merged, taken back."""

from collections.abc import Callable

import pytest
from django.test import Client
from stdnum import luhn

from accounts.models import Membership
from msme import services
from msme.exceptions import MergeNotFound, PairDecided
from msme.models import Business, DuplicatePair, FinancialStatement, Listing, MarketEntry, Merge
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import Forbidden
from msmebazaar.core.models import AuditEntry
from tests.at_once import at_once
from tests.conftest import Persona
from tests.factories import ALPHABET, add_figures, make_business, make_live_listing, sign_in, some_gstin

Drain = Callable[[], int]
PAGE, MERGES = "/admin/queues/duplicates/", "/admin/merges/"


def pair() -> DuplicatePair:
    return DuplicatePair.objects.get()


class TestFinding:
    def test_the_same_gstin_in_two_accounts(self, seller: Persona, stranger: Persona, drain: Drain) -> None:
        gstin = some_gstin()
        make_business(seller.actor, gstin=gstin)
        make_business(stranger.actor, gstin=gstin, legal_name="Something Else LLP", constitution="private_limited")
        drain()

        assert pair().reasons == ["gstin", "pan"]

    def test_a_further_registration_counts_too(self, seller: Persona, stranger: Persona, drain: Drain) -> None:
        first = some_gstin("27")
        body = f"29{first[2:12]}1Z"
        second = body + str(luhn.calc_check_digit(body, ALPHABET))
        make_business(seller.actor, gstin=first, other_gstins=[second])
        make_business(stranger.actor, gstin=second, legal_name="Kaveri Looms Private Limited")
        drain()

        assert pair().reasons == ["gstin", "pan"]

    @pytest.mark.parametrize(
        ("name", "pincode", "is_found"),
        [
            ("M/s Shivneri Fabrication Pvt. Ltd.", "411001", True),
            ("SHIVNERI FABRICATIONS", "411001", True),
            ("Shivneri Fabrications Private Limited", "411002", False),
            ("Sahyadri Packaging Private Limited", "411001", False),
        ],
    )
    def test_a_similar_name_at_the_same_pin_code(
        self, seller: Persona, stranger: Persona, drain: Drain, name: str, pincode: str, is_found: bool
    ) -> None:
        make_business(seller.actor, pincode="411001")
        make_business(stranger.actor, legal_name=name, pincode=pincode)
        drain()

        assert [row.reasons for row in DuplicatePair.objects.all()] == [["name_and_pin"]] * is_found

    def test_the_same_person_in_two_organisations(self, seller: Persona, stranger: Persona, drain: Drain) -> None:
        Membership.objects.create(user_id=seller.actor.user_id, organisation_id=stranger.organisation_id)
        make_business(seller.actor)
        make_business(stranger.actor, legal_name="Shivneri Fabricators")
        make_business(stranger.actor, legal_name="Another Firm Altogether")
        drain()

        assert pair().reasons == ["phone"]

    def test_two_units_of_one_enterprise_are_no_duplicates(self, seller: Persona, drain: Drain) -> None:
        gstin = some_gstin()
        make_business(seller.actor, gstin=gstin)
        make_business(seller.actor, gstin="", pan=gstin[2:12], state="MH", legal_name="Second Works")
        drain()

        assert not DuplicatePair.objects.exists()

    def test_a_pair_goes_when_its_reason_does(self, seller: Persona, stranger: Persona, drain: Drain) -> None:
        make_business(seller.actor, pincode="411001")
        make_business(stranger.actor, pincode="411001")
        drain()
        other = Business.objects.get(organisation_id=stranger.organisation_id)
        assert pair().state == "open"

        Business.objects.filter(pk=other.pk).update(pincode="400001")
        services.find_duplicates(business_id=other.pk)

        assert not DuplicatePair.objects.exists()


class TestDeciding:
    @pytest.fixture
    def two(self, seller: Persona, stranger: Persona, staff_actor: Actor, drain: Drain) -> tuple[Business, Business]:
        """The same firm in two accounts; the second has a live listing and a year more."""
        kept = make_business(seller.actor, pincode="411001")
        add_figures(seller.actor, kept)
        absorbed = make_business(stranger.actor, pincode="411001")
        add_figures(stranger.actor, absorbed)
        add_figures(stranger.actor, absorbed, year=2023)
        make_live_listing(stranger.actor, staff_actor, absorbed)
        drain()
        return kept, absorbed

    def test_a_merge_moves_what_the_other_has_and_can_be_taken_back(
        self, two: tuple[Business, Business], seller: Persona, stranger: Persona, staff_actor: Actor, drain: Drain
    ) -> None:
        kept, absorbed = two
        before = sorted(FinancialStatement.objects.values_list("business_id", "fiscal_year"))

        merge = services.merge_pair(actor=staff_actor, pair_id=pair().id, keep_id=kept.id, now=clock.now())

        assert sorted(kept.statements.values_list("fiscal_year", flat=True)) == [2023, 2024]
        listing = Listing.objects.get()
        assert (listing.business_id, listing.organisation_id) == (kept.id, kept.organisation_id)
        assert MarketEntry.objects.get().organisation_id == kept.organisation_id
        assert stranger.client.get(f"/api/v1/businesses/{absorbed.id}/").status_code == 404
        assert len(seller.client.get("/api/v1/listings/?mine=true").json()["data"]) == 1
        drain()
        assert pair().state == "merged"

        services.undo_merge(actor=staff_actor, merge_id=merge.id, now=clock.now())

        assert sorted(FinancialStatement.objects.values_list("business_id", "fiscal_year")) == before
        listing.refresh_from_db()
        assert (listing.business_id, listing.organisation_id) == (absorbed.id, absorbed.organisation_id)
        assert MarketEntry.objects.get().organisation_id == absorbed.organisation_id
        assert stranger.client.get(f"/api/v1/businesses/{absorbed.id}/").status_code == 200
        assert pair().state == "open"
        with pytest.raises(MergeNotFound):
            services.undo_merge(actor=staff_actor, merge_id=merge.id, now=clock.now())
        actions = AuditEntry.objects.filter(actor_id=staff_actor.user_id, action__contains="merge")
        assert sorted(actions.values_list("action", flat=True)) == ["msme.businesses_merged", "msme.merge_undone"]

    def test_what_was_changed_after_the_merge_stays_where_it_is(
        self, two: tuple[Business, Business], staff_actor: Actor
    ) -> None:
        kept, absorbed = two
        merge = services.merge_pair(actor=staff_actor, pair_id=pair().id, keep_id=kept.id, now=clock.now())
        FinancialStatement.objects.filter(business=kept, fiscal_year=2023).delete()

        services.undo_merge(actor=staff_actor, merge_id=merge.id, now=clock.now())

        assert list(absorbed.statements.values_list("fiscal_year", flat=True)) == [2024]

    def test_two_businesses_stay_two_and_are_not_asked_about_again(
        self, two: tuple[Business, Business], staff_actor: Actor
    ) -> None:
        services.dismiss_pair(actor=staff_actor, pair_id=pair().id, now=clock.now())
        services.find_duplicates(business_id=two[0].id)

        assert pair().state == "dismissed"
        with pytest.raises(PairDecided):
            services.merge_pair(actor=staff_actor, pair_id=pair().id, keep_id=two[0].id, now=clock.now())

    def test_only_staff_decide(self, two: tuple[Business, Business], seller: Persona) -> None:
        with pytest.raises(Forbidden):
            services.merge_pair(actor=seller.actor, pair_id=pair().id, keep_id=two[0].id, now=clock.now())
        with pytest.raises(Forbidden):
            services.dismiss_pair(actor=seller.actor, pair_id=pair().id, now=clock.now())

    def test_staff_merge_and_take_back_on_their_page(self, two: tuple[Business, Business], client: Client) -> None:
        sign_in(client)
        item = f"{PAGE}{pair().id}/"
        page = client.get(item).content.decode()
        assert "Similar name, same PIN code" in page
        assert (two[0].gstin or "") not in page

        client.post(item, {"act": "merge", "keep": two[0].id})
        merged = client.get(MERGES).content.decode()
        again = client.post(item, {"act": "merge", "keep": two[0].id}, follow=True)
        client.post(MERGES, {"merge": Merge.objects.get().id})

        assert "Take back" in merged
        assert "Somebody has decided" in again.content.decode()
        assert Merge.objects.get().undone_at is not None
        assert client.post(MERGES, {"merge": "nonsense"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_decide_at_once_decide_once(
    seller: Persona, stranger: Persona, staff_actor: Actor, drain: Drain
) -> None:
    first = make_business(seller.actor, pincode="411001")
    second = make_business(stranger.actor, pincode="411001")
    drain()
    pair_id = pair().id

    keeps = [first.id, second.id]

    def merge() -> str:
        try:
            services.merge_pair(actor=staff_actor, pair_id=pair_id, keep_id=keeps.pop(), now=clock.now())
        except PairDecided:
            return "too late"
        return "merged"

    assert sorted(at_once(2, merge)) == ["merged", "too late"]
    assert Business.objects.filter(merged_into__isnull=False).count() == 1
