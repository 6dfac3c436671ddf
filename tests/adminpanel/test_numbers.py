"""Numbers by day: counted by a worker, read by pages and the API; sheets of lists; saved views."""

import csv
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import requests
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.models import Notification
from adminpanel import selectors, services
from adminpanel.exceptions import ListNotFound, MeasureNotFound, SheetNotFound, ViewKnown
from adminpanel.models import Rollup, SavedView, Sheet
from adminpanel.types import SheetFormat
from msme import services as msme
from msme.models import Listing
from msmebazaar.core import clock, staff
from msmebazaar.core.actor import Actor, Duty
from tests.conftest import Persona, some_network
from tests.factories import make_colleague, make_listing, make_live_listing, sign_in

Drain = Callable[[], int]
pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(reference_data: None) -> Actor:
    return make_colleague(Duty.REPORTS)


def noon_of_tomorrow() -> datetime:
    """Minutes more are the same day of India, whenever the tests run."""
    return (clock.now() + timedelta(days=1)).astimezone(clock.INDIA).replace(hour=12)


class TestCounting:
    def test_what_happened_is_counted_by_indian_day_state_and_sector(self, seller: Persona, staff_actor: Actor) -> None:
        make_live_listing(seller.actor, staff_actor)
        late = clock.now().replace(hour=20, minute=0)  # half past one of the next day in India
        Listing.objects.update(published_at=late)
        with time_machine.travel(late + timedelta(days=1)):
            services.count_measures(now=clock.now())

            day = late.astimezone(clock.INDIA).date()
            found = selectors.series(measure="listings_published", since=day, until=day)
            states = selectors.bars(measure="listings_published", split="state", since=day, until=day)
            sectors = selectors.bars(measure="listings_published", split="sector", since=day, until=day)

        assert found.lines[0][2] == (Decimal(1),)
        assert [(bar.key, bar.name) for bar in states] == [("MH", "Maharashtra")]
        assert [bar.key for bar in sectors] == ["25"]

    def test_counting_twice_counts_once_and_only_what_is_old(self, seller: Persona, reader: Actor) -> None:
        noon = noon_of_tomorrow()
        with time_machine.travel(noon):
            services.count_measures(now=clock.now())
            rows = Rollup.objects.count()

            assert services.count_measures(now=clock.now()) == 0
        with time_machine.travel(noon + timedelta(minutes=6)):
            assert services.count_measures(now=clock.now()) > 0
        assert Rollup.objects.count() == rows

    def test_what_there_is_belongs_to_the_day_on_which_counting_began(self, seller: Persona) -> None:
        noon = noon_of_tomorrow()
        with time_machine.travel(noon):
            services.count_measures(now=noon)
        midnight = noon.replace(hour=23, minute=59, second=59)
        with time_machine.travel(midnight + timedelta(seconds=2)):
            services.count_measures(now=midnight)

        assert [row.day for row in Rollup.objects.filter(measure="listings_live", split="")] == [noon.date()]

    def test_every_measure_can_be_counted_and_drawn(self, seller: Persona, staff_actor: Actor) -> None:
        make_live_listing(seller.actor, staff_actor)
        services.count_measures(now=clock.now())
        today = clock.today_in_india()

        for measure in staff.measures():
            for split in ("", *measure.splits):
                for period in selectors.PERIODS:
                    selectors.series(
                        measure=measure.name, since=today - timedelta(days=60), until=today, split=split, period=period
                    )
        with pytest.raises(MeasureNotFound):
            selectors.series(measure="nonsense", since=today, until=today)
        with pytest.raises(MeasureNotFound):
            selectors.series(measure="valuations", since=today, until=today, split="nonsense")

    def test_weeks_and_months_sum_what_happened_and_keep_the_last_of_what_there_is(self, reader: Actor) -> None:
        monday = clock.today_in_india() - timedelta(days=clock.today_in_india().weekday())
        for back, value in ((0, 5), (1, 7), (8, 11)):
            day = monday - timedelta(days=back)
            Rollup.objects.create(measure="valuations", day=day, value=value)
            Rollup.objects.create(measure="listings_live", day=day, value=value)
        span = {"since": monday - timedelta(days=10), "until": monday, "period": "week"}

        flow = selectors.series(measure="valuations", **span)  # type: ignore[arg-type]
        level = selectors.series(measure="listings_live", **span)  # type: ignore[arg-type]

        assert [int(value) for value in flow.lines[0][2]] == [11, 7, 5]
        assert [int(value) for value in level.lines[0][2]] == [11, 7, 5]

    def test_a_day_out_of_the_ordinary_is_told(self, reader: Actor) -> None:
        today = clock.today_in_india()
        for week in range(1, 9):
            Rollup.objects.create(
                measure="valuations", day=today - timedelta(days=1 + 7 * week), value=Decimal(100 + week)
            )
        Rollup.objects.create(measure="valuations", day=today - timedelta(days=1), value=Decimal(3))

        [found] = selectors.anomalies(today=today)

        assert (found.measure, int(found.value), found.score < -3) == ("valuations", 3, True)

    def test_the_funnel_says_who_came_how_far(self, reader: Actor) -> None:
        today = clock.today_in_india()
        for key, value in (("onboard:hi:00:name", 10), ("onboard:hi:01:pincode", 5), ("onboard:hi:02:sector", 5)):
            Rollup.objects.create(measure="chats", day=today, split="step", key=key, value=value)

        steps = selectors.funnel()

        assert [(step.step, step.here, step.reached, step.share) for step in steps] == [
            ("name", 10, 20, 1.0),
            ("pincode", 5, 10, 0.5),
            ("sector", 5, 5, 0.25),
        ]


def test_a_chart_has_its_table_and_its_csv(seller: Persona, staff_actor: Actor) -> None:
    make_live_listing(seller.actor, staff_actor)
    services.count_measures(now=clock.now())
    browser = Client(REMOTE_ADDR=some_network())
    sign_in(browser, duties=[Duty.REPORTS])

    page = browser.get("/admin/numbers/listings_published/?days=30&split=state").content.decode()
    sheet = browser.get("/admin/numbers/listings_published/?days=30&split=state&period=day&format=csv")

    assert '<canvas role="img"' in page
    assert "Maharashtra" in page
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    assert rows[0] == ["day", "Maharashtra"]
    assert rows[-1][1] in ("1", "1.00")
    assert "attachment" in sheet["Content-Disposition"]


class TestSheets:
    def make(
        self, actor: Actor, drain: Drain, format: str = "csv", query: str = "", model: str = "msme.listing"
    ) -> Sheet:
        sheet = services.ask_for_sheet(actor=actor, model=model, query=query, format=SheetFormat(format))
        drain()
        sheet.refresh_from_db()
        return sheet

    def content(self, actor: Actor, sheet: Sheet) -> bytes:
        link = services.give_sheet_link(actor=actor, sheet_id=sheet.id, now=clock.now())
        return requests.get(link, timeout=10).content

    @pytest.mark.parametrize("format", ["csv", "xlsx"])
    def test_a_list_becomes_a_file_with_its_filters_and_nothing_runs_in_a_spreadsheet(
        self, seller: Persona, staff_actor: Actor, reader: Actor, drain: Drain, format: str
    ) -> None:
        live = make_live_listing(seller.actor, staff_actor)
        Listing.objects.filter(pk=live.pk).update(title='=HYPERLINK("http://evil.example","Click")')
        make_listing(seller.actor, live.business)

        sheet = self.make(reader, drain, format, "status__exact=live")

        raw = self.content(reader, sheet)
        if format == "csv":
            rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
        else:
            page = load_workbook(io.BytesIO(raw)).active
            assert page is not None
            assert [cell.data_type for row in page.iter_rows() for cell in row].count("f") == 0
            rows = [[str(value) for value in row] for row in page.iter_rows(values_only=True)]
        assert (sheet.state, sheet.done, sheet.total) == ("ready", 1, 1)
        assert rows[0][0].lower() == "title"
        assert rows[1][0].startswith("'=HYPERLINK")
        assert len(rows) == 2
        assert Notification.objects.filter(kind="adminpanel.sheet_ready", user_id=reader.user_id).count() == 1

    def test_it_has_the_rows_of_the_colleagues_region_only(
        self, seller: Persona, staff_actor: Actor, drain: Drain
    ) -> None:
        make_live_listing(seller.actor, staff_actor)
        elsewhere = make_colleague(Duty.REPORTS, regions=["KA"])

        assert self.make(elsewhere, drain).done == 0

    def test_a_list_of_another_duty_and_a_colleagues_file_do_not_exist(self, reader: Actor, drain: Drain) -> None:
        with pytest.raises(ListNotFound):
            services.ask_for_sheet(actor=reader, model="accounts.identity", query="", format=SheetFormat.CSV)
        with pytest.raises(ListNotFound):
            services.ask_for_sheet(actor=reader, model="no.model", query="", format=SheetFormat.CSV)
        sheet = self.make(reader, drain)
        with pytest.raises(SheetNotFound):
            services.give_sheet_link(actor=make_colleague(Duty.REPORTS), sheet_id=sheet.id, now=clock.now())

    def test_a_list_that_is_too_long_says_so(
        self, seller: Persona, reader: Actor, drain: Drain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("adminpanel.sheets.MOST_ROWS", 1)
        business = make_listing(seller.actor).business
        make_listing(seller.actor, business)

        sheet = self.make(reader, drain)

        assert (sheet.state, sheet.error) == ("failed", "too_large")
        assert Notification.objects.filter(kind="adminpanel.sheet_failed").count() == 1

    @pytest.mark.parametrize("query", ["status__exact=nonsense&o=99", "business__pan__startswith=A", "nonsense=1"])
    def test_a_filter_that_the_list_does_not_have_ends_it_in_words(
        self, seller: Persona, reader: Actor, drain: Drain, query: str
    ) -> None:
        make_listing(seller.actor)

        sheet = self.make(reader, drain, query=query)

        assert (sheet.state, sheet.error) in [("failed", "bad_filter"), ("ready", "")]
        assert sheet.done == 0

    def test_writing_many_rows_costs_the_same_queries(
        self, seller: Persona, reader: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from adminpanel import sheets

        listing = make_listing(seller.actor)
        counts = []
        for _ in range(2):
            for _ in range(5):
                make_listing(seller.actor, listing.business)
            sheet = services.ask_for_sheet(actor=reader, model="msme.listing", query="", format=SheetFormat.CSV)
            with CaptureQueriesContext(connection) as queries:
                sheets.make_sheet(sheet_id=sheet.id, now=clock.now())
            counts.append(len(queries))

        assert counts[0] == counts[1]


class TestViews:
    def test_a_view_is_kept_with_its_filters_and_shown_on_the_list(self, reader: Actor) -> None:
        browser = Client(REMOTE_ADDR=some_network())
        sign_in(browser, duties=[Duty.REPORTS])
        led = browser.post(
            "/admin/views/save/",
            {"model": "msme.listing", "query": "status__exact=live&p=3&q=valves", "name": "Live valves"},
        )

        assert led["Location"] == "/admin/msme/listing/?status__exact=live&q=valves"
        page = browser.get("/admin/msme/listing/").content.decode()
        assert 'href="?status__exact=live&amp;q=valves">Live valves</a>' in page
        browser.post(f"/admin/views/{SavedView.objects.get().id}/drop/")
        assert not SavedView.objects.exists()

    def test_a_colleagues_own_view_is_theirs_a_shared_one_everybodys(self, reader: Actor) -> None:
        services.save_view(actor=reader, model="msme.listing", name="Mine", query="", is_shared=False)
        services.save_view(actor=reader, model="msme.listing", name="Ours", query="", is_shared=True)
        with pytest.raises(ViewKnown):
            services.save_view(actor=reader, model="msme.listing", name="Mine", query="", is_shared=False)
        browser = Client(REMOTE_ADDR=some_network())
        sign_in(browser, duties=[Duty.REPORTS])

        page = browser.get("/admin/msme/listing/").content.decode()

        assert "Ours" in page
        assert ">Mine<" not in page


def test_msme_has_nothing_left_to_count_by_hand(seller: Persona) -> None:
    """Pages of numbers read the rollups only, however large the market is."""
    for _ in range(3):
        msme.submit_listing(actor=seller.actor, listing_id=make_listing(seller.actor).id, now=clock.now())
    services.count_measures(now=clock.now())
    browser = Client(REMOTE_ADDR=some_network())
    sign_in(browser, duties=[Duty.REPORTS])

    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/admin/numbers/").status_code == 200

    assert [query["sql"] for query in queries if "msme_" in query["sql"]] == []
