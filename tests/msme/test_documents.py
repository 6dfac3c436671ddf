"""Documents: straight into the store, checked by a worker, read by few, and no orphans."""

import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
import requests
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pytest_django import Settings

from accounts.models import Notification
from msme import services
from msme.exceptions import DocumentNotFound
from msme.inspection import JPEG, LARGEST, PDF, Refused, inspect
from msme.models import Document, DocumentView
from msme.services.businesses import OwnerInput
from msme.texts import REFUSALS
from msmebazaar.core import clock
from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import Forbidden
from msmebazaar.core.models import AuditEntry
from msmebazaar.core.outbox import relay
from msmebazaar.core.outbox.models import Delivery
from msmebazaar.integrations.s3 import TimeLimitedS3Storage
from msmebazaar.integrations.storage import file_store
from tests.conftest import Persona
from tests.factories import make_business
from tests.msme.clamd import INFECTED, Clamd
from tests.msme.files import BAD, GOOD, pdf, picture_with_place

Drain = Callable[[], int]


@pytest.fixture(autouse=True)
def empty_store(db: None) -> Iterator[None]:
    """What a test leaves in the store goes with it."""
    yield
    keys = Document.objects.values_list("object_key", flat=True)
    for key in [*keys, *DocumentView.objects.exclude(copy_key="").values_list("copy_key", flat=True)]:
        file_store().remove(key)


def announce(persona: Persona, business_id: object, content: bytes, content_type: str = PDF, **changes: Any) -> Any:
    given = {"kind": "accounts", "name": "Balance sheet", "content_type": content_type, "size": len(content) or 1}
    return persona.client.post(f"/api/v1/businesses/{business_id}/documents/", {**given, **changes}, format="json")


def send(begun: dict[str, Any], content: bytes) -> requests.Response:
    form = begun["upload"]
    return requests.post(form["url"], data=form["fields"], files={"file": ("a", content)}, timeout=10)


def upload(persona: Persona, content: bytes, content_type: str = PDF, **changes: Any) -> dict[str, Any]:
    """Announced, sent, completed; not yet checked."""
    business = make_business(persona.actor)
    begun = announce(persona, business.id, content, content_type, **changes).json()["data"]
    sent = send(begun, content)
    assert sent.status_code in (200, 201, 204), sent.text
    done = persona.client.post(f"/api/v1/documents/{begun['document']['id']}/complete/")
    assert done.status_code == 200, done.content
    data: dict[str, Any] = done.json()["data"]
    return data


def now_of(persona: Persona, document: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = persona.client.get(f"/api/v1/documents/{document['id']}/").json()["data"]
    return data


class TestInspection:
    @pytest.mark.parametrize("name", GOOD)
    def test_what_is_right_is_taken(self, name: str) -> None:
        kind, content = GOOD[name]

        found = inspect(content, declared=kind)

        assert found.content_type == kind
        assert found.content == content or kind.startswith("image/")

    @pytest.mark.parametrize("name", BAD)
    def test_what_is_wrong_is_refused_with_its_reason(self, name: str) -> None:
        kind, content, code = BAD[name]

        with pytest.raises(Refused) as refused:
            inspect(content, declared=kind)

        assert refused.value.code == code

    @pytest.mark.parametrize("name", GOOD)
    @given(data=st.data())
    def test_a_file_with_some_bytes_changed_is_taken_or_refused(self, name: str, data: st.DataObject) -> None:
        kind, content = GOOD[name]
        place = data.draw(st.integers(0, len(content) - 1))
        changed = content[:place] + data.draw(st.binary(max_size=30)) + content[place + data.draw(st.integers(0, 40)) :]
        outcome = ""
        try:
            inspect(changed, declared=kind)
        except Refused as refused:
            outcome = refused.code

        assert outcome == "" or outcome in REFUSALS

    def test_a_photograph_loses_camera_and_place(self) -> None:
        content = picture_with_place()
        assert b"Canary Camera" in content

        drawn = inspect(content, declared=JPEG).content

        assert b"Canary Camera" not in drawn
        with Image.open(io.BytesIO(drawn)) as picture:
            assert (len(picture.getexif()), picture.size) == (0, (64, 48))


class TestUpload:
    def test_a_paper_goes_from_the_owner_to_the_store_and_back(self, seller: Persona, drain: Drain) -> None:
        content = pdf(2)
        document = upload(seller, content, fiscal_year="2024-25")
        assert document["state"] == "pending"
        early = seller.client.post(f"/api/v1/documents/{document['id']}/links/")

        drain()

        ready = now_of(seller, document)
        assert early.status_code == 409
        assert (ready["state"], ready["scan"], ready["fiscal_year"]) == ("ready", "not_scanned", "2024-25")
        assert ready["sha256"] == hashlib.sha256(content).hexdigest()
        link = seller.client.post(f"/api/v1/documents/{document['id']}/links/").json()["data"]
        copy = requests.get(link["url"], timeout=10)
        assert copy.status_code == 200
        assert 'filename="Balance sheet.pdf"' in copy.headers["Content-Disposition"]
        with pikepdf.open(io.BytesIO(copy.content)) as shown:
            assert len(shown.pages) == 2
            stamp = b"".join(form.read_bytes() for page in shown.pages for form in page.form_xobjects.values())
        assert str(seller.actor.user_id)[-12:].encode() in stamp
        assert requests.get(link["url"].split("?")[0], timeout=10).status_code == 403
        views = seller.client.get(f"/api/v1/documents/{document['id']}/views/").json()["data"]
        assert [row["viewer_id"] for row in views] == [str(seller.actor.user_id)]
        actions = AuditEntry.objects.filter(subject_type="document").order_by("id").values_list("action", flat=True)
        assert list(actions) == [f"msme.document_{step}" for step in ("begun", "uploaded", "ready", "viewed")]

    @pytest.mark.parametrize("name", BAD)
    def test_nothing_bad_gets_in_by_the_api(self, seller: Persona, drain: Drain, name: str) -> None:
        kind, content, code = BAD[name]
        business = make_business(seller.actor)
        begun = announce(seller, business.id, content, kind, size=min(max(len(content), 1), LARGEST)).json()["data"]
        sent = send(begun, content)
        if sent.status_code >= 400:  # the store itself holds to the sizes of the form
            assert code in ("empty", "too_large")
            assert seller.client.post(f"/api/v1/documents/{begun['document']['id']}/complete/").status_code == 409
            return
        seller.client.post(f"/api/v1/documents/{begun['document']['id']}/complete/")

        drain()

        document = now_of(seller, begun["document"])
        assert (document["state"], document["reason"]) == ("refused", code)
        assert document["reason_message"]
        assert seller.client.post(f"/api/v1/documents/{document['id']}/links/").status_code == 409
        assert not file_store().exists(f"incoming/{document['id']}")
        assert not file_store().exists(f"documents/{document['id']}")
        assert Notification.objects.filter(kind="msme.document_refused", user_id=seller.actor.user_id).count() == 1

    def test_the_store_takes_no_other_type_and_nothing_larger(self, seller: Persona) -> None:
        begun = announce(seller, make_business(seller.actor).id, pdf()).json()["data"]

        other = {**begun["upload"]["fields"], "Content-Type": "text/html"}
        as_page = requests.post(begun["upload"]["url"], data=other, files={"file": pdf()}, timeout=10)
        elsewhere = {**begun["upload"]["fields"], "key": "documents/mine"}
        moved = requests.post(begun["upload"]["url"], data=elsewhere, files={"file": pdf()}, timeout=10)

        assert (as_page.status_code, moved.status_code) == (403, 403)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"content_type": "text/html"}, "content_type"),
            ({"size": LARGEST + 1}, "size"),
            ({"size": 0}, "size"),
            ({"kind": "secret"}, "kind"),
            ({"level": "public"}, "level"),
            ({"name": "Shivneri balance sheet.pdf"}, "name"),
            ({"name": "बैलेंस_शीट_शिवनेरी.pdf"}, "name"),
            ({"name": "accounts of Chandrakant"}, "name"),
            ({"name": "27ZZZCM1234A1ZF_gst.pdf"}, "name"),
            ({"name": "call 98765 43210"}, "name"),
            ({"fiscal_year": "2024"}, "fiscal_year"),
        ],
    )
    def test_what_is_announced_wrongly_is_refused_before_anything_is_kept(
        self, seller: Persona, changes: dict[str, Any], field: str
    ) -> None:
        business = make_business(seller.actor, owners=[OwnerInput("Chandrakant Vaidya")])

        response = announce(seller, business.id, pdf(), **changes)

        assert response.status_code == 400
        assert {fault["field"] for fault in response.json()["error"]["errors"]} == {field}
        assert not Document.objects.exists()

    def test_completing_without_a_file_says_so_and_twice_is_once(self, seller: Persona, drain: Drain) -> None:
        begun = announce(seller, make_business(seller.actor).id, pdf()).json()["data"]
        path = f"/api/v1/documents/{begun['document']['id']}/complete/"

        early = seller.client.post(path)
        send(begun, pdf())
        twice = [seller.client.post(path).status_code for _ in range(2)]

        assert (early.status_code, twice) == (409, [200, 200])
        assert Delivery.objects.filter(handler="msme.inspect_document").count() == 1

    def test_another_file_sent_after_the_check_changes_nothing(self, seller: Persona, drain: Drain) -> None:
        begun = announce(seller, make_business(seller.actor).id, pdf()).json()["data"]
        send(begun, pdf())
        seller.client.post(f"/api/v1/documents/{begun['document']['id']}/complete/")
        drain()
        kept = Document.objects.get()

        send(begun, b"<script>alert(1)</script>")

        assert hashlib.sha256(file_store().read(kept.object_key)).hexdigest() == kept.sha256
        services.sweep_files(now=clock.now() + timedelta(hours=3))
        assert not file_store().exists(f"incoming/{kept.id}")

    def test_papers_are_their_owners(
        self, seller: Persona, stranger: Persona, staff_actor: Actor, drain: Drain
    ) -> None:
        document = upload(seller, pdf())
        drain()
        path = f"/api/v1/documents/{document['id']}/"

        answers = [
            stranger.client.get(path),
            stranger.client.delete(path),
            *(stranger.client.post(f"{path}{step}/") for step in ("complete", "links")),
            stranger.client.get(f"{path}views/"),
            announce(stranger, document["business_id"], pdf()),
        ]

        assert {answer.status_code for answer in answers} == {404}
        with pytest.raises(Forbidden):
            services.give_staff_link(actor=stranger.actor, document_id=document["id"], now=clock.now())
        link = services.give_staff_link(actor=staff_actor, document_id=document["id"], now=clock.now())
        assert requests.get(link.url, timeout=10).status_code == 200
        assert DocumentView.objects.filter(viewer_id=staff_actor.user_id).count() == 1

    def test_there_is_an_end_to_the_number_of_papers(self, seller: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("msme.services.documents.MOST_DOCUMENTS", 1)
        business = make_business(seller.actor)

        assert [announce(seller, business.id, pdf()).status_code for _ in range(2)] == [201, 409]


def test_without_the_store_it_is_said_and_nothing_is_half_done(seller: Persona, drain: Drain) -> None:
    ready, begun = upload(seller, pdf()), announce(seller, make_business(seller.actor).id, pdf()).json()["data"]
    drain()
    away = TimeLimitedS3Storage(**{**settings.STORAGES["default"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:9"})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("msmebazaar.integrations.storage.default_storage", away)  # nothing listens there
        complete = seller.client.post(f"/api/v1/documents/{begun['document']['id']}/complete/")
        link = seller.client.post(f"/api/v1/documents/{ready['id']}/links/")
        removed = seller.client.delete(f"/api/v1/documents/{ready['id']}/")

    assert (complete.status_code, link.status_code, removed.status_code) == (503, 503, 204)
    assert complete.json()["error"]["code"] == "unavailable"
    assert complete["Retry-After"]
    assert now_of(seller, begun["document"])["state"] == "awaited"
    assert drain() == 1
    assert not file_store().exists(f"documents/{ready['id']}")


class TestScanning:
    @pytest.fixture
    def clamd(self, settings: Settings) -> Iterator[Clamd]:
        with Clamd() as daemon:
            settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{daemon.port}"
            yield daemon

    def test_a_clean_file_says_that_it_was_scanned(self, seller: Persona, clamd: Clamd, drain: Drain) -> None:
        content = pdf()
        document = upload(seller, content)
        drain()

        assert now_of(seller, document)["scan"] == "clean"
        assert clamd.scanned == [content]

    def test_what_the_scanner_finds_is_refused(self, seller: Persona, clamd: Clamd, drain: Drain) -> None:
        document = upload(seller, pdf(text=INFECTED))
        drain()

        found = now_of(seller, document)
        assert (found["state"], found["reason"]) == ("refused", "virus")

    def test_where_a_scan_is_required_an_unscanned_file_waits_unread(
        self, seller: Persona, settings: Settings, drain: Drain
    ) -> None:
        settings.SCAN_REQUIRED = True
        document = upload(seller, pdf())
        drain()
        waiting = now_of(seller, document)["state"]
        refused = seller.client.post(f"/api/v1/documents/{document['id']}/links/").status_code

        with Clamd() as daemon:
            settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{daemon.port}"
            swept = services.sweep_files(now=clock.now() + timedelta(minutes=31))
            drain()

        assert (waiting, refused, swept.asked_again) == ("pending", 409, 1)
        assert now_of(seller, document)["scan"] == "clean"

    def test_a_scanner_that_does_not_answer_is_asked_again(self, seller: Persona, settings: Settings) -> None:
        settings.CLAMD_ADDRESS = "tcp://127.0.0.1:9"
        document = upload(seller, pdf())
        [delivery] = Delivery.objects.filter(handler="msme.inspect_document")

        outcome = relay.deliver(delivery.id, now=clock.now() + timedelta(seconds=30))

        assert outcome == "failed"
        assert now_of(seller, document)["state"] == "pending"


class TestNoOrphans:
    def everything(self) -> set[str]:
        store = file_store()
        return {found.key for prefix in ("incoming/", "documents/", "copies/") for found in store.lying_under(prefix)}

    def test_after_a_sweep_every_object_has_its_row_and_every_row_its_object(
        self, seller: Persona, drain: Drain
    ) -> None:
        kept = upload(seller, pdf())
        drain()
        seller.client.post(f"/api/v1/documents/{kept['id']}/links/")
        announce(seller, kept["business_id"], pdf())  # never sent
        abandoned = announce(seller, kept["business_id"], pdf()).json()["data"]
        send(abandoned, pdf())  # sent, never completed
        removed = upload(seller, pdf())
        drain()
        Document.objects.filter(pk=removed["id"]).delete()  # as if the store had been away
        file_store().keep("copies/nobodys", b"a")

        swept = services.sweep_files(now=clock.now() + timedelta(hours=3))

        assert (swept.abandoned, swept.copies, swept.missing) == (2, 1, 0)
        assert swept.orphans >= 2
        assert (
            self.everything()
            == set(Document.objects.values_list("object_key", flat=True))
            == {f"documents/{kept['id']}"}
        )
        assert services.sweep_files(now=clock.now() + timedelta(hours=3)).orphans == 0

    def test_a_readable_paper_without_its_file_is_counted(self, seller: Persona, drain: Drain) -> None:
        document = upload(seller, pdf())
        drain()
        file_store().remove(f"documents/{document['id']}")

        assert services.sweep_files(now=clock.now() + timedelta(hours=3)).missing == 1

    def test_removing_a_paper_removes_its_files(self, seller: Persona, drain: Drain) -> None:
        document = upload(seller, pdf())
        drain()
        seller.client.post(f"/api/v1/documents/{document['id']}/links/")

        assert seller.client.delete(f"/api/v1/documents/{document['id']}/").status_code == 204
        drain()
        assert self.everything() & {f"documents/{document['id']}"} == set()
        with pytest.raises(DocumentNotFound):
            services.remove_document(actor=seller.actor, document_id=document["id"])

    def test_erasing_oneself_removes_the_files_too(self, seller: Persona, drain: Drain) -> None:
        document = upload(seller, pdf())
        drain()

        assert seller.client.post("/api/v1/me/erasure/", {"confirm": True}, format="json").status_code < 300
        drain()

        assert not Document.objects.exists()
        assert not file_store().exists(f"documents/{document['id']}")
