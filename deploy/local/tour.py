"""`make tour`: the main job, walked over the running market's public HTTP interface and told step by step.

Owner, staff and buyer each do what they would do with a phone, a browser and the API. The first thing that is not as it
should be ends the walk with a non-zero exit.
"""

import csv
import html
import io
import json
import re
import secrets
import sys
import time
import urllib.parse
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyotp
import requests
from reportlab.pdfgen.canvas import Canvas
from stdnum import luhn

from deploy.local.home import ROOT

CASES = ROOT / "valuation" / "reference" / "sme_ipo_cases.csv"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PATIENCE_S, POLL_S = 30, 0.2
TIMEOUT_S = 20
CRORE = Decimal(10_000_000)


def fiscal_year(back: int) -> str:
    """The fiscal year that ended last in India, or one before it, such as 2025-26."""
    today = datetime.now(UTC) + timedelta(hours=5, minutes=30)
    start = today.year - (1 if today.month >= 4 else 2) - back
    return f"{start}-{(start + 1) % 100:02d}"


class Wrong(Exception):
    """Something is not as it should be."""


def expect(condition: bool, what: str) -> None:
    if not condition:
        raise Wrong(what)


def tell(text: str) -> None:
    print(text, flush=True)


def crore(amount: str | Decimal) -> str:
    return f"₹{Decimal(amount) / CRORE:,.1f} crore"


class Caller:
    """One person with the API: base address, bearer token once logged in."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()

    def call(self, method: str, path: str, expected: int, **kwargs: Any) -> Any:
        """The `data` of an answer that has the expected status and a whole envelope."""
        answer = self.session.request(method, f"{self.base_url}{path}", timeout=TIMEOUT_S, **kwargs)
        expect(
            answer.status_code == expected,
            f"{method} {path} answered {answer.status_code}, not {expected}: {answer.text[:300]}",
        )
        body = answer.json()
        expect(
            body["request_id"] == answer.headers["X-Request-ID"], f"{path}: envelope and header differ in request id"
        )
        expect(body["success"] is (expected < 400), f"{path}: envelope says success={body['success']}")
        return body["data"] if expected < 400 else body["error"]

    def post(self, path: str, content: dict[str, Any] | None, expected: int) -> Any:
        headers = {"Idempotency-Key": secrets.token_hex(12)}
        return self.call("POST", path, expected, json=content, headers=headers)

    def get(self, path: str) -> Any:
        return self.call("GET", path, 200)


def wait_for(ask: Callable[[], Any], what: str, *, patience_s: float = PATIENCE_S, poll_s: float = POLL_S) -> Any:
    """What `ask` gives as soon as it gives something."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        found = ask()
        if found:
            return found
        time.sleep(poll_s)
    raise Wrong(f"{what} did not come within {patience_s} s")


def small_pdf() -> bytes:
    made = io.BytesIO()
    canvas = Canvas(made)
    canvas.drawString(100, 700, "Balance sheet as at 31 March 2025")
    canvas.save()
    return made.getvalue()


def some_phone() -> str:
    return f"+9198{secrets.randbelow(10**8):08d}"


def some_gstin(state: str) -> str:
    """A synthetic GSTIN of a company: PAN beginning ZZZC, check character right."""
    letter, tail = (ALPHABET[10 + secrets.randbelow(26)] for _ in range(2))
    head = f"{state}ZZZC{letter}{secrets.randbelow(9999) + 1:04d}{tail}1Z"
    return head + luhn.calc_check_digit(head, ALPHABET)


class Tour:
    def __init__(self, run: dict[str, Any]) -> None:
        self.base_url: str = run["base_url"]
        self.environment: dict[str, str] = run["environment"]
        self.staff = (run["staff_login"], run["staff_password"])
        self.totp_secret: str = run["staff_totp_secret"]
        self.step = 0

    def tell_step(self, text: str) -> None:
        self.step += 1
        tell(f"\n{self.step:2d}. {text}")

    def messages_of(self, phone: str) -> list[dict[str, str]]:
        """What the phone shows: the simulator in front of the message vendor's stand-in."""
        answer = requests.get(f"{self.base_url}/dev/messages/", params={"to": phone}, timeout=TIMEOUT_S)
        expect(answer.status_code == 200, f"the phone simulator answered {answer.status_code}")
        found: list[dict[str, str]] = answer.json()["messages"]
        return found

    def log_in(self, phone: str, name: str) -> Caller:
        caller = Caller(self.base_url)
        challenge = caller.post("/api/v1/auth/otp/", {"phone": phone}, 202)
        message = wait_for(lambda: self.messages_of(phone), "the SMS with the code")[0]["body"]
        code = re.search(r"\b(\d{6})\b", message)
        expect(code is not None, f"no code in the SMS {message!r}")
        assert code is not None
        given = {"challenge_id": challenge["challenge_id"], "code": code[1]}
        tokens = caller.post("/api/v1/auth/token/", given, 200)
        refused = caller.post("/api/v1/auth/token/", given, 400)
        expect(refused["code"] == "accounts.code_used", "a code worked twice")
        caller.session.headers["Authorization"] = f"Bearer {tokens['access']}"
        caller.call("PATCH", "/api/v1/me/", 200, json={"full_name": name})
        tell(f"    SMS: “{message}”")
        tell(f"    {name} is logged in; the same code a second time is refused.")
        return caller

    def walk(self) -> None:
        ready = requests.get(f"{self.base_url}/health/ready", timeout=TIMEOUT_S)
        expect(ready.status_code == 200, f"the market is not ready: {ready.text}")
        owner_phone = some_phone()
        self.tell_step(f"An owner asks for a one-time code on {owner_phone} and logs in.")
        owner = self.log_in(owner_phone, "Asha Deshmukh")
        self.consent(owner)
        self.check_identifiers(owner)
        with CASES.open(encoding="utf-8") as stream:
            cases = list(csv.DictReader(line for line in stream if not line.startswith("#")))
        businesses = [self.value_case(owner, case) for case in cases]
        self.look_closer(owner, businesses[1], cases[1])
        title = self.list_business(owner, businesses[1], cases[1])
        self.show_papers(owner, businesses[1])
        self.search(title)
        buyer, buyer_phone, asked = self.match_buyer(title)
        self.chat(owner_phone)
        self.introduce(owner, owner_phone, buyer, buyer_phone, asked)
        self.advise(owner, owner_phone, businesses[0])
        self.copy_of_data(owner)
        tell("\nThe three firms are among the 225 that the model was fitted on: an illustration, not a test of it.")
        tell("Everything was as it should be.")

    def consent(self, owner: Caller) -> None:
        self.tell_step("She reads in Hindi what her data would be used for, and agrees to messages about her business.")
        notices = owner.call("GET", "/api/v1/consent-notices/", 200, headers={"Accept-Language": "hi"})
        notice = next(row for row in notices if row["purpose"] == "service")
        tell(f"    “{notice['text'][:100]}…”")
        content = {"purpose": "service", "is_given": True, "notice_version": notice["version"]}
        given = owner.post("/api/v1/me/consents/", content, 200)
        expect(given["is_given"] is True, "the consent was not recorded")

    def advise(self, owner: Caller, owner_phone: str, business_id: str) -> None:
        self.tell_step("An advisor asks for a mandate for her business, gets it, and loses it.")
        advisor = self.log_in(some_phone(), "Kavita Rao")
        own = advisor.get("/api/v1/me/")["organisations"][0]["id"]
        advisor.call("PATCH", f"/api/v1/organisations/{own}/", 200, json={"name": "Rao & Co", "roles": ["advisor"]})
        today = datetime.now(UTC).date()
        asked = {
            "organisation_id": own,
            "kind": "phone",
            "address": owner_phone,
            "scopes": ["business"],
            "valid_from": (today - timedelta(days=1)).isoformat(),
            "valid_until": (today + timedelta(days=90)).isoformat(),
        }
        mandate = advisor.post("/api/v1/advisor-mandates/", asked, 201)
        business, path = f"/api/v1/businesses/{business_id}/", f"/api/v1/advisor-mandates/{mandate['id']}/"
        advisor.call("GET", business, 404)
        hers = owner.get("/api/v1/me/")["organisations"][0]["id"]
        owner.post(f"{path}accept/", {"organisation_id": hers}, 200)
        seen = advisor.get(business)
        owner.post(f"{path}end/", None, 200)
        advisor.call("GET", business, 404)
        tell(f"    Before: 404. With the mandate: “{seen['legal_name']}”, GSTIN {seen['gstin']}. Ended: 404 at once.")

    def copy_of_data(self, owner: Caller) -> None:
        self.tell_step("She asks for a copy of all her data; the live stream tells her when it is ready.")
        stream = owner.session.get(f"{self.base_url}/api/v1/notifications/stream/", stream=True, timeout=TIMEOUT_S)
        expect(stream.status_code == 200, f"the live stream answered {stream.status_code}")
        lines = (line.decode() for line in stream.iter_lines())
        expect(next(lines).startswith("retry"), "the live stream did not begin")
        export = owner.post("/api/v1/me/exports/", None, 202)
        heard = next(line for line in lines if line.startswith("data: "))
        stream.close()
        tell(f"    Heard: {json.loads(heard.removeprefix('data: '))['title']}")
        ready = owner.get(f"/api/v1/me/exports/{export['id']}/")
        expect(ready["state"] == "ready", "the copy was announced but is not ready")
        content = requests.get(ready["url"], timeout=TIMEOUT_S).content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            tables = json.loads(archive.read("data.json"))
            names = [name for name in archive.namelist() if name.endswith(".csv")]
        expect((len(tables["msme.business"]), len(tables["valuation.valuation"])) == (3, 4), "the copy is not complete")
        tell(f"    {len(content):,} bytes: data.json and {len(names)} tables for a spreadsheet.")

    def check_identifiers(self, owner: Caller) -> None:
        self.tell_step("She mistypes her GSTIN, and is told which part is wrong.")
        wrong = {"legal_name": "Tour Works", "constitution": "private_limited", "nic_code": "25910"}
        gstin = some_gstin("27")
        last = ALPHABET[(ALPHABET.index(gstin[-1]) + 1) % 36]
        error = owner.post("/api/v1/businesses/", {**wrong, "gstin": gstin[:-1] + last}, 400)
        tell(f"    {error['errors'][0]['field']}: {error['errors'][0]['message']}")
        expect(error["errors"][0]["code"] == "check", "a wrong check character was not named")

    def value_case(self, owner: Caller, case: dict[str, str]) -> str:
        self.tell_step(
            f"She registers a firm with the real figures of case {case['case']} ({case['nature']}), as if they were last year's."
        )
        business = owner.post(
            "/api/v1/businesses/",
            {
                "legal_name": f"Tour {case['nature'].title()} Private Limited",
                "constitution": "private_limited",
                "nic_code": case["nic_code"],
                "gstin": some_gstin("27"),
            },
            201,
        )
        expect(business["state"] == "MH" and business["gstin"].startswith("27•"), "state of the GSTIN, masked")
        figures = {
            name: f"{case[f'{name}_cr']} crore" for name in ("revenue", "pat", "net_worth", "total_assets", "debt")
        }
        owner.post(
            f"/api/v1/businesses/{business['id']}/financials/",
            {
                "fiscal_year": fiscal_year(0),
                "months": int(case["months"]),
                "source": "audited",
                **{f"{name}_inr": amount for name, amount in figures.items()},
            },
            201,
        )
        asked = owner.post("/api/v1/valuations/", {"business_id": business["id"]}, 202)
        path = f"/api/v1/valuations/{asked['id']}/"
        made = wait_for(lambda: (found := owner.get(path))["status"] != "pending" and found, "the valuation")
        expect(made["status"] == "ready", f"no value: {made['refusals']}")
        private = made["result"]["value"]
        listing = next(method for method in made["result"]["methods"] if method["id"] == "M3")
        level = Decimal(listing["inputs"]["private_level"])
        ends = {"point": listing["value"], "low80": listing["low"], "high80": listing["high"]}
        ipo = {name: Decimal(end) / level for name, end in ends.items()}
        paid = Decimal(case["market_paid_cr"]) * CRORE
        side = "inside" if ipo["low80"] <= paid <= ipo["high80"] else "OUTSIDE"
        tell(f"    A worker made valuation {made['id'][:8]}…, quality {made['result']['quality']['score']} of 100.")
        tell(
            f"    At an SME issue: {crore(ipo['point'])}, 80 % band {crore(ipo['low80'])} to {crore(ipo['high80'])}; "
            f"the market paid {crore(paid)}, {side} the band."
        )
        tell(
            f"    In a private sale: {crore(private['point'])}, {crore(private['low80'])} to {crore(private['high80'])}."
        )
        again = owner.post("/api/v1/valuations/", {"business_id": business["id"]}, 202)
        expect(again["id"] == asked["id"], "the same figures were valued twice")
        return str(business["id"])

    def look_closer(self, owner: Caller, business_id: str, case: dict[str, str]) -> None:
        self.tell_step(
            "She gives the lines of her accounts too, asks again, and looks closer: all three approaches count now."
        )
        revenue = Decimal(case["revenue_cr"])
        pat, interest, tax = Decimal(case["pat_cr"]), Decimal(case["debt_cr"]) / 10, Decimal(case["pat_cr"]) / 3
        assets, worth, debt = (Decimal(case[f"{name}_cr"]) for name in ("total_assets", "net_worth", "debt"))
        for back, share in ((0, Decimal(1)), (1, Decimal("0.9"))):
            lines = {
                "depreciation_inr": pat / 5,
                "interest_inr": interest,
                "tax_inr": tax,
                "cash_inr": assets / 10,
                "receivables_inr": assets * 3 / 10,
                "inventory_inr": assets * 3 / 10,
                "land_building_inr": assets / 10,
                "payables_inr": (assets - worth - debt) * share,
            }
            totals = {"revenue": revenue, "pat": pat, "net_worth": worth, "total_assets": assets, "debt": debt}
            content = {
                "source": "audited",
                **{f"{name}_inr": f"{amount * share:.4f} crore" for name, amount in totals.items()},
                "plant_machinery_inr": f"{assets / 5 * share:.4f} crore",
                "lines": {
                    name: f"{amount * (1 if name == 'payables_inr' else share):.4f} crore"
                    for name, amount in lines.items()
                },
            }
            path = f"/api/v1/businesses/{business_id}/financials/{fiscal_year(back)}/"
            owner.call("PUT", path, 200, json=content)
        answers = {"largest_customer": "0.45", "is_owner_dependent": True, "market_salary_inr": "12 lakh"}
        check = owner.post("/api/v1/valuations/check/", {"business_id": business_id, "answers": answers}, 200)
        expect(not check["refusals"], f"refused: {check['refusals']}")
        tell(f"    Understood: revenue {check['understood'][0]['short']}, {check['understood'][0]['in_words']} rupees.")
        asked = owner.post("/api/v1/valuations/", {"business_id": business_id, "answers": answers}, 202)
        path = f"/api/v1/valuations/{asked['id']}/"
        made = wait_for(lambda: (found := owner.get(path))["status"] != "pending" and found, "the valuation")
        for method in made["result"]["methods"]:
            if Decimal(method["weight"]) > 0:
                weight = f"{Decimal(method['weight']) * 100:.0f} %"
                tell(f"    {method['name']}: {crore(method['value'])}, weight {weight}")
        used = {method["approach"] for method in made["result"]["methods"] if Decimal(method["weight"]) > 0}
        expect(used == {"income", "market", "asset"}, f"only {used} count")
        best = owner.get(f"{path}levers/")[0]
        tell(f"    What would raise it most: {best['text']} {crore(best['effect'])} more.")
        report = owner.session.get(f"{self.base_url}{path}report/?language=hi", timeout=TIMEOUT_S)
        expect(report.content.startswith(b"%PDF"), "the report is no PDF")
        link = owner.post(f"{path}shares/", {"label": "My bank", "language": "hi"}, 201)
        page = requests.get(link["url"], timeout=TIMEOUT_S)
        expect(page.status_code == 200 and made["output_sha256"] in page.text, "the link does not show the report")
        tell(
            f"    Her report in Hindi has {len(report.content) // 1024} kB; a banker without an account opens its link."
        )

    def list_business(self, owner: Caller, business_id: str, case: dict[str, str]) -> str:
        self.tell_step("She writes a listing; a phone number in it is caught when she submits.")
        title = f"Profitable {case['nature']} works, batch {secrets.token_hex(3)}"
        content = {
            "intent": "full_sale",
            "title": title,
            "summary": "Own plant, steady customers. Call 98765 43210.",
            "ask_inr": "40 crore",
            "reason": "retirement",
        }
        listing = owner.post("/api/v1/listings/", {"business_id": business_id, **content}, 201)
        path = f"/api/v1/listings/{listing['id']}/"
        error = owner.post(f"{path}submit/", None, 422)
        tell(f"    {error['errors'][0]['field']}: {error['errors'][0]['message']}")
        owner.call("PUT", path, 200, json={**content, "summary": "Own plant, steady customers, order book of a year."})
        submitted = owner.post(f"{path}submit/", None, 200)
        expect(submitted["status"] == "submitted", "the listing was not submitted")
        self.tell_step(
            "Staff log in to the admin with password and authenticator app, and approve it in the review queue."
        )
        self.approve_as_staff(title, listing["id"])
        expect(owner.get(path)["status"] == "live", "the approved listing is not live")
        tell(f"    “{title}” is live.")
        return title

    def approve_as_staff(self, title: str, listing_id: str) -> None:
        browser = requests.Session()
        page = browser.get(f"{self.base_url}/admin/queues/listings/", timeout=TIMEOUT_S)
        expect("/staff/login/" in page.url, "the admin opened without a log-in")
        asked = self.fill_in(browser, page, login=self.staff[0], password=self.staff[1])
        expect("/staff/2fa/" in asked.url, "the password alone was enough, or it was refused")

        def enter_code() -> requests.Response | None:
            """A code works once, so a second tour within half a minute waits for the next."""
            page = self.fill_in(browser, asked, code=pyotp.TOTP(self.totp_secret).now())
            return page if "/admin/queues/" in page.url else None

        queue = wait_for(enter_code, "the staff's second factor", patience_s=70, poll_s=10)
        expect(html.escape(title) in queue.text, "the review queue does not show the listing")
        review = f"{self.base_url}/admin/queues/listings/{listing_id}/"
        done = self.fill_in(browser, browser.get(review, timeout=TIMEOUT_S), act="approve")
        expect(done.status_code == 200 and "is live" in done.text, "staff could not approve the listing")

    def fill_in(self, browser: requests.Session, page: requests.Response, **fields: str) -> requests.Response:
        """Send a page's form back to it, as a browser would; the page that follows."""
        following = re.search(r'name="next" value="([^"]+)"', page.text)
        hidden = {"next": html.unescape(following[1])} if following else {}
        form = {**hidden, **fields, "csrfmiddlewaretoken": self.csrf(page)}
        return browser.post(page.url, data=form, headers={"Referer": page.url}, timeout=TIMEOUT_S)

    @staticmethod
    def csrf(page: requests.Response) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        if found is None:
            raise Wrong(f"no form on {page.url} ({page.status_code})")
        return found[1]

    def show_papers(self, owner: Caller, business_id: str) -> None:
        self.tell_step(
            "She uploads a PDF straight into the object store; a program that calls itself a PDF is refused."
        )
        for name, content in (("Balance sheet", small_pdf()), ("Stock list", b"MZ a program")):
            given = {"kind": "accounts", "name": name, "content_type": "application/pdf", "size": len(content)}
            begun = owner.post(f"/api/v1/businesses/{business_id}/documents/", given, 201)
            form, document_id = begun["upload"], begun["document"]["id"]
            sent = requests.post(form["url"], data=form["fields"], files={"file": content}, timeout=TIMEOUT_S)
            expect(sent.status_code < 300, "the store did not take the file")
            path = f"/api/v1/documents/{document_id}/"
            owner.post(f"{path}complete/", None, 200)

            def checked(path: str = path) -> dict[str, Any]:
                found: dict[str, Any] = owner.get(path)
                return found if found["state"] in ("ready", "refused") else {}

            document = wait_for(checked, "the check of the file")
            tell(f"    “{name}”: {document['state']} {document['scan'] or document['reason_message']}".rstrip())
            if content.startswith(b"%PDF"):
                link = owner.post(f"{path}links/", None, 201)
                copy = requests.get(link["url"], timeout=TIMEOUT_S).content
                expect(copy.startswith(b"%PDF") and copy != content, "the copy has no watermark")
            else:
                expect(document["state"] == "refused", "a program was taken for a PDF")

    def search(self, title: str) -> None:
        self.tell_step("Anybody searches the market, in English or Hindi; how it was understood is said back.")
        anybody = Caller(self.base_url)
        for words in ("metal works maharastra under 50 cr", "महाराष्ट्र में फैब्रिकेशन 50 करोड़ तक"):
            path = f"/api/v1/listings/facets/?{urllib.parse.urlencode({'q': words})}"
            facets = anybody.get(path)
            understood = [row["label"] for row in facets["understood"]["filters"]]
            found = anybody.get(f"/api/v1/listings/?{urllib.parse.urlencode({'q': words})}")
            tell(f"    “{words}” → {' · '.join(understood)}: {facets['count']} found")
            expect(title in [row["title"] for row in found], "the search does not find the listing")

    def match_buyer(self, title: str) -> tuple[Caller, str, dict[str, str]]:
        self.tell_step("A buyer logs in and says what he looks for, in Hindi.")
        phone = some_phone()
        buyer = self.log_in(phone, "Rahul Mehta")
        mandate = buyer.post(
            "/api/v1/mandates/",
            {
                "name": "Metal works in the west",
                "kind": "buyer",
                "intents": ["full_sale"],
                "nic_include": ["25"],
                "states": ["MH", "GJ"],
                "ticket_min_inr": "10 crore",
                "ticket_max_inr": "50 crore",
                "thesis": "धातु का काम करने वाली इकाई चाहिए, जिसके पास अपनी मशीनें और पक्के ऑर्डर हों।",
            },
            201,
        )
        self.tell_step("A worker ranks the market for him, with reasons.")
        path = f"/api/v1/mandates/{mandate['id']}/matches/"

        def titles() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = buyer.get(path)
            return found if title in [match["listing"]["title"] for match in found] else []

        matches = wait_for(titles, "the match with the new listing")
        scores = [match["score"] for match in matches]
        expect(scores[0] == max(scores), "the best match is not the first")
        for match in matches[:3]:
            tell(f"    {match['score']:3d} ({match['band']})  {match['listing']['title']}")
            for reason in match["reasons"]:
                tell(f"         {reason['points']:+5.1f}  {reason['text']}")
        wanted = next(match["listing"]["id"] for match in matches if match["listing"]["title"] == title)
        why = buyer.get(f"{path}{wanted}/")
        total = round(sum(reason["points"] for reason in why["reasons"]), 1)
        expect(total == why["score"], f"the parts sum to {total}, the score is {why['score']}")
        hidden = {"business_id", "organisation_id", "legal_name", "gstin"}
        expect(not hidden & set(why["listing"]), "a match tells who the owner is")
        teaser = buyer.get(f"/api/v1/listings/{wanted}/")
        expect(not hidden & set(teaser), "a teaser tells who the owner is")
        found = buyer.post("/api/v1/matching/search/", {"text": "लोहे की फोर्जिंग और मशीनिंग"}, 200)
        tell(f"    He searches in Hindi; the first of {found['count']} is “{found['results'][0]['listing']['title']}”.")
        return buyer, phone, {"mandate_id": mandate["id"], "listing_id": wanted}

    def introduce(
        self, owner: Caller, owner_phone: str, buyer: Caller, buyer_phone: str, asked: dict[str, str]
    ) -> None:
        self.tell_step("He asks for an introduction; she reads on WhatsApp who asks, and approves there.")
        note = "We run two forges. Call 98765 43210."
        introduction = buyer.post("/api/v1/introductions/", {**asked, "note": note}, 201)
        expect("98765" not in introduction["note"], "a phone number reached the owner before she agreed")
        code = introduction["id"].replace("-", "")[-4:].upper()
        expect(self.webhook(owner_phone, "मैच") == 200, "a signed webhook was refused")
        tell("\n".join(f"      | {line}" for line in self.reply_with(owner_phone, code).splitlines()))
        started = time.monotonic()
        expect(self.webhook(owner_phone, f"हाँ {code}") == 200, "a signed webhook was refused")
        path = f"/api/v1/introductions/{introduction['id']}/"
        wait_for(lambda: buyer.get(path)["state"] == "approved", "the approval")

        def told() -> bool:
            return "matching.introduction_approved" in [row["kind"] for row in buyer.get("/api/v1/notifications/")]

        wait_for(told, "the news for the buyer")
        tell(f"    “हाँ {code}”: approved, and he knew of it {time.monotonic() - started:.1f} s later.")
        self.tell_step("He signs the agreement by a code on his phone, and only then sees who she is.")
        listing = f"/api/v1/listings/{asked['listing_id']}/"
        expect("legal_name" not in buyer.get(listing), "he saw her before signing")

        def code_sent() -> Any:
            """A phone gets a code every half minute, and the log-in's was a moment ago; each try counts for the network."""
            answer = buyer.session.post(f"{self.base_url}{path}nda/code/", timeout=TIMEOUT_S)
            expect(answer.status_code in (201, 429), f"no code for the signature: {answer.text}")
            return answer.json()["data"] if answer.status_code == 201 else None

        sent = wait_for(code_sent, "the code for the signature", patience_s=45, poll_s=10)

        def code_of_signature() -> str | None:
            bodies = [message["body"] for message in self.messages_of(buyer_phone)]
            found = next((re.search(r"(\d{6}) signs", body) for body in bodies if " signs " in body), None)
            return found[1] if found else None

        content = {
            "challenge_id": sent["challenge_id"],
            "code": wait_for(code_of_signature, "the SMS with the code"),
            "sha256": buyer.get(f"{path}nda/")["sha256"],
        }
        buyer.post(f"{path}nda/sign/", content, 200)
        pdf = buyer.session.get(f"{self.base_url}{path}nda/pdf/", timeout=TIMEOUT_S)
        expect(pdf.content.startswith(b"%PDF"), "the signed agreement is no PDF")
        seen = buyer.get(listing)
        tell(f"    {seen['level']}: “{seen['legal_name']}”; the signed agreement has {len(pdf.content) // 1024} kB.")
        owner.post(f"{path}open-room/", None, 200)
        expect(buyer.get(listing)["level"] == "data_room", "the data room did not open")
        owner.post(f"{path}revoke/", None, 200)
        expect(buyer.get(listing)["level"] == "member", "one word did not close everything")
        tell("    She opens the data room, and one click closes everything again.")

    def chat(self, phone: str) -> None:
        self.tell_step("The owner writes नमस्ते on WhatsApp; the webhook is signed as Twilio signs it.")
        expect(self.webhook(phone, "नमस्ते", sign=False) == 403, "an unsigned webhook was believed")
        expect(self.webhook(phone, "नमस्ते") == 200, "a signed webhook was refused")
        reply = self.reply_with(phone, "नमस्ते!")
        tell("    Unsigned: 403. Signed: 200, and the answer is")
        tell("\n".join(f"      | {line}" for line in reply.splitlines()))
        self.tell_step("She asks for her valuation, chooses the business, and gets range, reason and PDF in Hindi.")
        for text, answer in (("1", "किस व्यवसाय"), ("3", "करोड़")):
            expect(self.webhook(phone, text) == 200, "a signed webhook was refused")
            tell("\n".join(f"      | {line}" for line in self.reply_with(phone, answer).splitlines()))
        pdf = wait_for(
            lambda: next((m["media_url"] for m in self.messages_of(phone) if m["media_url"]), None), "the report"
        )
        expect(requests.get(str(pdf), timeout=TIMEOUT_S).content[:5] == b"%PDF-", "the report is no PDF")

    def webhook(self, phone: str, text: str, *, sign: bool = True) -> int:
        """Type on the simulated phone: the stand-in calls the webhook as Twilio would. Unsigned: somebody else calls it."""
        if sign:
            given = {"to": phone, "action": "write", "text": text}
            headers = {"X-Requested-With": "simulator"}
            answer = requests.post(f"{self.base_url}/dev/phone/", json=given, headers=headers, timeout=TIMEOUT_S)
            return int(answer.json().get("webhook_status", answer.status_code))
        url = f"{self.environment['PUBLIC_BASE_URL']}/api/v1/whatsapp/webhook/"
        form = {
            "MessageSid": "SM" + secrets.token_hex(16),
            "AccountSid": self.environment["TWILIO_ACCOUNT_SID"],
            "From": f"whatsapp:{phone}",
            "To": self.environment["TWILIO_WHATSAPP_FROM"],
            "Body": text,
            "NumMedia": "0",
            "WaId": phone.removeprefix("+"),
            "ProfileName": "Asha",
        }
        headers = {"X-Twilio-Signature": "forged"}
        path = urllib.parse.urlsplit(url).path
        return requests.post(f"{self.base_url}{path}", data=form, headers=headers, timeout=TIMEOUT_S).status_code

    def reply_with(self, phone: str, text: str) -> str:
        def found() -> str | None:
            bodies = [m["body"] for m in self.messages_of(phone) if m["to"].startswith("whatsapp:")]
            return next((body for body in bodies if text in body and "+14155238886" not in body), None)

        return str(wait_for(found, "the answer on WhatsApp"))


def walk(run: dict[str, Any]) -> int:
    """Walk the running market that `run` describes; 0 when everything was as it should be."""
    if not run["environment"].get("TWILIO_API_BASE_URL", "").startswith("http://127.0.0.1"):
        print("The tour reads codes from the phone simulator, so it needs the Twilio stand-in.", file=sys.stderr)
        return 2
    started = time.monotonic()
    try:
        Tour(run).walk()
    except (Wrong, requests.RequestException, KeyError, ValueError) as error:
        print(f"\n  NOT AS IT SHOULD BE: {error}\n", file=sys.stderr)
        return 1
    tell(f"{time.monotonic() - started:.0f} s.")
    return 0
