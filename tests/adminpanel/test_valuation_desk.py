"""Staff's desk for one valuation."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.conftest import Persona, some_network
from tests.factories import add_full_figures, make_business, sign_in
from valuation.models import Override, SignOff, Valuation

pytestmark = pytest.mark.usefixtures("market_day")
AMOUNTS = {"low80_inr": "1", "point_inr": "2", "high80_inr": "3", "text": "Land is disputed"}


@pytest.fixture
def staff(reference_data: None) -> Client:
    client = Client(REMOTE_ADDR=some_network())
    sign_in(client)
    return client


@pytest.fixture
def desk(seller: Persona, drain: Callable[[], int]) -> str:
    business = make_business(seller.actor)
    add_full_figures(seller.actor, business)
    seller.client.post("/api/v1/valuations/", {"business_id": str(business.id)}, format="json")
    drain()
    return f"/admin/valuations/{Valuation.objects.get().id}/"


def test_the_desk_shows_the_value_and_why(staff: Client, desk: str) -> None:
    page = staff.get(desk).content.decode()

    assert "The whole business would bring about" in page
    assert "Discounted cash flow" in page
    assert desk in staff.get("/admin/valuation/valuation/").content.decode()


def test_an_override_is_proposed_and_its_proposer_cannot_decide(staff: Client, desk: str) -> None:
    staff.post(desk, {"decision": "propose", **AMOUNTS})
    override = Override.objects.get()
    page = staff.get(desk).content.decode()

    staff.post(desk, {"decision": "approve", "override_id": str(override.id)})

    assert "You proposed it" in page
    override.refresh_from_db()
    assert override.state == "proposed"


@pytest.mark.parametrize(
    "content",
    [
        {"decision": "propose", **AMOUNTS, "text": ""},
        {"decision": "propose", **AMOUNTS, "point_inr": "9"},
        {"decision": "sign_off", "valuer_name": "R. Iyer", "registration_number": "12"},
        {"decision": "wonder"},
    ],
)
def test_a_decision_without_what_it_needs_is_refused(staff: Client, desk: str, content: dict[str, str]) -> None:
    page = staff.post(desk, content)

    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert not Override.objects.exists()
    assert not SignOff.objects.exists()


def test_a_sign_off_is_recorded(staff: Client, desk: str) -> None:
    staff.post(desk, {"decision": "sign_off", "valuer_name": "R. Iyer", "registration_number": "IBBI/RV/06/2019/12345"})

    assert SignOff.objects.get().valuer_name == "R. Iyer"
    assert "IBBI/RV/06/2019/12345" in staff.get(desk).content.decode()


def test_it_is_valued_again(staff: Client, desk: str) -> None:
    """The same figures on the same day are the same valuation."""
    answer = staff.post(desk, {"decision": "rerun"})

    assert (answer.status_code, answer["Location"]) == (302, desk)
    assert Valuation.objects.count() == 1


def test_what_is_not_there_leads_back_to_the_list(staff: Client) -> None:
    answer = staff.get("/admin/valuations/01a21541-0000-7000-8000-000000000000/")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/valuation/valuation/")
