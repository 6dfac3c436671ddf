"""Registering a business."""

import uuid
from typing import Any

import pytest
from django.db import connection
from stdnum import luhn

from msme.models import Business, GstRegistration
from msmebazaar.core.models import AuditEntry
from tests.conftest import Persona
from tests.factories import ALPHABET, add_figures, business_payload, figures_payload, make_business, some_gstin

URL = "/api/v1/businesses/"


def post(persona: Persona, payload: dict[str, Any]) -> Any:
    return persona.client.post(URL, payload, format="json")


def faults(response: Any) -> dict[str, str]:
    assert response.status_code == 400, response.content
    return {fault["field"]: fault["code"] for fault in response.json()["error"]["errors"]}


def test_pan_and_state_come_out_of_the_gstin(seller: Persona) -> None:
    gstin = some_gstin("29")

    data = post(seller, business_payload(gstin=gstin.lower())).json()["data"]

    assert data["gstin"] == f"29{'•' * 11}{gstin[-2:]}"
    assert data["state"] == "KA"
    revealed = seller.client.get(f"{URL}{data['id']}/?reveal=true").json()["data"]
    assert (revealed["gstin"], revealed["pan"]) == (gstin, gstin[2:12])
    assert AuditEntry.objects.filter(action="accounts.revealed", subject_id=data["id"]).count() == 1
    assert AuditEntry.objects.filter(action="msme.business_created", actor_id=seller.actor.user_id).exists()


def test_identifiers_that_contradict_each_other_are_all_named_at_once(seller: Persona) -> None:
    payload = business_payload(gstin=some_gstin("27", "P"), pan="ABCPK4321C", state="KA", nic_code="99999")

    found = faults(post(seller, payload))

    assert found == {
        "pan": "gstin_mismatch",
        "state": "gstin_mismatch",
        "constitution": "pan_mismatch",
        "nic_code": "unknown",
    }
    assert not Business.objects.exists()


@pytest.mark.parametrize(
    ("constitution", "holder", "is_accepted"),
    [
        ("proprietorship", "P", True),
        ("proprietorship", "H", True),
        ("proprietorship", "C", False),
        ("partnership", "F", True),
        ("llp", "F", True),
        ("llp", "C", False),
        ("private_limited", "C", True),
        ("one_person_company", "C", True),
        ("public_limited", "F", False),
        ("trust", "T", True),
        ("society", "A", True),
        ("society", "T", True),
    ],
)
def test_the_4th_letter_of_the_pan_fits_the_constitution(
    seller: Persona, constitution: str, holder: str, is_accepted: bool
) -> None:
    response = post(seller, business_payload(constitution=constitution, gstin=some_gstin("27", holder)))

    assert (response.status_code == 201) is is_accepted


def test_without_gstin_the_state_must_be_named(seller: Persona) -> None:
    payload = business_payload()
    del payload["gstin"]

    assert faults(post(seller, payload)) == {"state": "required"}
    assert post(seller, {**payload, "state": "MH"}).status_code == 201
    assert faults(post(seller, {**payload, "state": "XX"})) == {"state": "unknown"}


def test_a_year_of_the_future_is_refused(seller: Persona) -> None:
    payload = business_payload(cin="U72900KA2098PTC046374", established_year=2099)

    assert faults(post(seller, payload)) == {"cin": "year", "established_year": "future"}


def test_the_same_gstin_twice_is_a_conflict_for_one_owner_and_none_for_two(seller: Persona, stranger: Persona) -> None:
    payload = business_payload()
    post(seller, payload)

    assert post(seller, payload).json()["error"]["code"] == "msme.business_known"
    assert post(stranger, payload).status_code == 201
    assert Business.objects.count() == 2


def test_every_fault_of_a_gstin_is_said_in_hindi_too(seller: Persona) -> None:
    response = seller.client.post(
        URL, business_payload(gstin="27ZZZCM1234A1ZG"), format="json", HTTP_ACCEPT_LANGUAGE="hi"
    )

    message = response.json()["error"]["errors"][0]["message"]
    assert any("\u0900" <= char <= "\u097f" for char in message)


def test_a_business_can_be_changed_as_a_whole(seller: Persona) -> None:
    payload = business_payload()
    created = post(seller, payload).json()["data"]

    response = seller.client.put(f"{URL}{created['id']}/", {**payload, "city": "Pune", "employees": 42}, format="json")

    assert response.json()["data"]["city"] == "Pune"
    assert seller.client.get(f"{URL}{created['id']}/").json()["data"]["employees"] == 42


def test_identifiers_are_not_readable_in_the_table(seller: Persona) -> None:
    from django.db import connection

    business = make_business(seller.actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT msme_business::text FROM msme_business")
        ((row,),) = cursor.fetchall()

    assert business.gstin not in row
    assert business.gstin.encode().hex() not in row
    assert Business.objects.get(pk=business.pk).gstin == business.gstin


@pytest.mark.parametrize("field", ["id", "gstin_index", "created_at", "organisation"])
def test_a_field_that_is_not_offered_is_named_and_nothing_is_written(seller: Persona, field: str) -> None:
    found = faults(post(seller, business_payload(**{field: "x"})))

    assert found == {field: "unknown_field"}
    assert not Business.objects.exists()


def test_a_business_for_somebody_elses_organisation_is_refused(seller: Persona, stranger: Persona) -> None:
    foreign = post(seller, business_payload(organisation_id=str(stranger.organisation_id)))
    missing = post(seller, business_payload(organisation_id=str(uuid.uuid4())))

    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["error"] == missing.json()["error"]
    assert not Business.objects.exists()


def without_year(payload: dict[str, Any]) -> dict[str, Any]:
    """The figures of a year whose name stands in the address."""
    return {name: value for name, value in payload.items() if name != "fiscal_year"}


class TestFinancials:
    def url(self, business: Business) -> str:
        return f"{URL}{business.id}/financials/"

    def test_amounts_are_taken_as_people_write_them(self, seller: Persona) -> None:
        business = make_business(seller.actor)

        response = seller.client.post(self.url(business), figures_payload(debt_inr="५० लाख"), format="json")

        data = response.json()["data"]
        assert response.status_code == 201
        assert data["revenue_inr"] == "604100000.00"
        assert data["debt_inr"] == "5000000.00"
        assert data["fiscal_year"] == "2024-25"

    @pytest.mark.parametrize("amount", [604100000, "60,41,00,000", "₹60.41 crore", 604100000.0])
    def test_numbers_and_text_mean_the_same(self, seller: Persona, amount: Any) -> None:
        business = make_business(seller.actor)

        response = seller.client.post(self.url(business), figures_payload(revenue_inr=amount), format="json")

        assert response.json()["data"]["revenue_inr"] == "604100000.00"

    @pytest.mark.parametrize(
        ("changes", "field", "code"),
        [
            ({"total_assets_inr": "30.98 lakh"}, "total_assets_inr", "unit_inconsistent"),
            ({"revenue_inr": "60.41 lakh"}, "total_assets_inr", "unit_inconsistent"),
            ({"pat_inr": "412 crore"}, "pat_inr", "pat_exceeds_revenue"),
            ({"net_worth_inr": "25 crore"}, "total_assets_inr", "balance_mismatch"),
            ({"fiscal_year": "2031-32"}, "fiscal_year", "future"),
            ({"fiscal_year": "2026-27"}, "months", "not_over"),
            ({"revenue_inr": 0}, "revenue_inr", "not_positive"),
            ({"revenue_inr": "-5"}, "revenue_inr", "negative"),
            ({"revenue_inr": "fifty"}, "revenue_inr", "amount"),
            ({"revenue_inr": True}, "revenue_inr", "invalid"),
            ({"revenue_inr": None}, "revenue_inr", "null"),
            ({"months": 13}, "months", "max_value"),
            ({"source": "rumour"}, "source", "invalid_choice"),
            ({"fiscal_year": "2024-26"}, "fiscal_year", "years"),
        ],
    )
    def test_what_does_not_fit_together_is_named(
        self, seller: Persona, changes: dict[str, Any], field: str, code: str
    ) -> None:
        business = make_business(seller.actor)

        response = seller.client.post(self.url(business), figures_payload(**changes), format="json")

        assert faults(response)[field] == code
        assert not business.statements.exists()

    def test_the_message_shows_the_sum(self, seller: Persona) -> None:
        business = make_business(seller.actor)

        response = seller.client.post(self.url(business), figures_payload(net_worth_inr="25 crore"), format="json")

        assert "₹35,35,00,000" in response.json()["error"]["errors"][0]["message"]

    def test_a_jump_between_years_is_a_slipped_unit(self, seller: Persona) -> None:
        business = make_business(seller.actor)
        add_figures(seller.actor, business, 2023, factor="0.01")

        response = seller.client.post(self.url(business), figures_payload(), format="json")

        assert faults(response) == {"revenue_inr": "unit_year_jump"}
        meant = seller.client.post(self.url(business), figures_payload(confirm=True), format="json")
        assert meant.status_code == 201

    def test_a_year_is_entered_once_and_replaced_afterwards(self, seller: Persona) -> None:
        business = make_business(seller.actor)
        seller.client.post(self.url(business), figures_payload(), format="json")

        again = seller.client.post(self.url(business), figures_payload(), format="json")
        replaced = seller.client.put(
            f"{self.url(business)}2024-25/", without_year(figures_payload(revenue_inr="61 crore")), format="json"
        )

        assert again.json()["error"]["code"] == "msme.financials_known"
        assert replaced.json()["data"]["revenue_inr"] == "610000000.00"
        assert business.statements.count() == 1

    def test_what_may_be_left_out_is_nothing(self, seller: Persona) -> None:
        business = make_business(seller.actor)
        content = figures_payload()
        del content["debt_inr"]

        saved = seller.client.post(self.url(business), content, format="json")

        assert saved.status_code == 201, saved.content
        assert saved.json()["data"]["debt_inr"] == "0.00"
        assert saved.json()["data"]["exports_inr"] == "0.00"
        assert saved.json()["data"]["plant_machinery_inr"] is None

    def test_a_year_in_the_address_is_checked(self, seller: Persona) -> None:
        business = make_business(seller.actor)

        assert (
            seller.client.put(
                f"{self.url(business)}tomorrow/", without_year(figures_payload()), format="json"
            ).status_code
            == 400
        )

    def test_years_are_listed(self, seller: Persona) -> None:
        business = make_business(seller.actor)
        for year in (2022, 2023, 2024):
            add_figures(seller.actor, business, year)

        response = seller.client.get(self.url(business))

        assert response.json()["pagination"]["count"] == 3


def test_further_registrations_lie_on_the_same_pan(seller: Persona) -> None:
    first = some_gstin("27")
    body = f"29{first[2:12]}1Z"
    second = body + luhn.calc_check_digit(body, ALPHABET)

    data = post(seller, business_payload(gstin=first, other_gstins=[second])).json()["data"]

    assert data["other_gstins"] == [f"29{'•' * 11}{second[-2:]}"]
    revealed = seller.client.get(f"{URL}{data['id']}/?reveal=true").json()["data"]
    assert revealed["other_gstins"] == [second]
    assert faults(post(seller, business_payload(gstin=some_gstin("27"), other_gstins=[second]))) == {
        "other_gstins.0": "pan_mismatch"
    }
    assert faults(post(seller, business_payload(gstin=second, other_gstins=[first, first]))) == {
        "other_gstins.1": "repeated"
    }
    without = business_payload(other_gstins=[second], state="MH")
    del without["gstin"]
    assert faults(post(seller, without)) == {"gstin": "required"}
    assert GstRegistration.objects.count() == 1


def test_owners_are_kept_encrypted_and_hold_no_more_than_the_whole(seller: Persona) -> None:
    owners = [{"full_name": "Asha Deshpande", "share_pct": "60"}, {"full_name": "Ravi Deshpande", "is_active": False}]

    data = post(seller, business_payload(owners=owners)).json()["data"]

    assert [(row["full_name"], row["share_pct"], row["is_active"]) for row in data["owners"]] == [
        ("Asha Deshpande", "60.00", True),
        ("Ravi Deshpande", None, False),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT full_name FROM msme_businessowner")
        assert all(b"Deshpande" not in bytes(row[0]) for row in cursor.fetchall())
    too_much = [{"full_name": "A", "share_pct": "60"}, {"full_name": "B", "share_pct": "40.01"}]
    response = post(seller, business_payload(owners=too_much))
    assert faults(response) == {"owners": "shares_exceed_whole"}
    assert "100.01" in response.json()["error"]["errors"][0]["message"]


def test_leaving_owners_out_of_an_update_keeps_them(seller: Persona) -> None:
    payload = business_payload(owners=[{"full_name": "Asha Deshpande"}])
    data = post(seller, payload).json()["data"]
    del payload["owners"]

    kept = seller.client.put(f"{URL}{data['id']}/", payload, format="json").json()["data"]
    emptied = seller.client.put(f"{URL}{data['id']}/", {**payload, "owners": []}, format="json").json()["data"]

    assert [row["full_name"] for row in kept["owners"]] == ["Asha Deshpande"]
    assert emptied["owners"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"constitution": "llp", "gstin": "", "state": "MH", "cin": "U72900KA2008PTC046374"}, {"cin": "constitution"}),
        ({"llpin": "AAA-1234"}, {"llpin": "constitution"}),
        ({"llpin": "AA-12345"}, {"llpin": "shape"}),
        ({"nic_2025": "12345"}, {"nic_2025": "invalid"}),
    ],
)
def test_numbers_that_do_not_belong_to_this_kind_of_firm_are_refused(
    seller: Persona, changes: dict[str, Any], code: dict[str, str]
) -> None:
    assert faults(post(seller, business_payload(**changes))) == code


def test_weak_facts_warn_and_are_kept(seller: Persona) -> None:
    given = business_payload(
        gstin=some_gstin("27"), pincode="560001", udyam="UDYAM-KA-03-0000001", cin="U72900KA2008PTC046374"
    )

    response = post(seller, {**given, "established_year": 1999})

    assert response.status_code == 201
    warnings = {(row["field"], row["code"]) for row in response.json()["data"]["warnings"]}
    assert warnings == {
        ("pincode", "other_state"),
        ("udyam", "other_state"),
        ("cin", "other_state"),
        ("established_year", "other_than_cin"),
    }
    assert Business.objects.get().pincode == "560001"


@pytest.mark.parametrize(
    ("place", "district"),
    [
        ({"pincode": "411001"}, "Pune"),
        ({"city": "Poona"}, "Pune"),
        ({"city": "पुणे"}, "Pune"),
        ({"pincode": "560001", "city": "Nagpur"}, "Nagpur"),  # the PIN code lies in another state
        ({"city": "Surat"}, ""),
        ({}, ""),
    ],
)
def test_the_district_comes_out_of_pin_code_or_city(seller: Persona, place: dict[str, str], district: str) -> None:
    assert post(seller, business_payload(gstin=some_gstin("27"), **place)).json()["data"]["district"] == district
