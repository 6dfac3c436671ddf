"""Registering a business and a year of its figures."""

from decimal import Decimal
from uuid import UUID

from django.conf import settings
from django.utils import translation

from accounts import services as accounts
from msme import places
from msme import selectors as businesses
from msme import services as msme
from msme.services.businesses import BusinessInput
from msme.services.financials import FinancialsInput
from msme.types import Constitution, FigureSource
from msmebazaar.core import clock
from msmebazaar.core.outbox import publish
from msmebazaar.core.types import GSTIN, FinancialYear, Money
from valuation import services as valuations
from whatsapp.events import AnswerTakesTime
from whatsapp.flow import Bubble, Choice, Outcome, say, summary
from whatsapp.services.host.context import ACTIONS, FACTS, KNOWN, SOURCES, Asked, named
from whatsapp.services.results import valuation_bubbles

# What the fourth letter of a PAN leaves no doubt about.
CONSTITUTION_OF = {"P": Constitution.PROPRIETORSHIP, "H": Constitution.PROPRIETORSHIP, "T": Constitution.TRUST}
COMPANIES = (Constitution.PRIVATE_LIMITED, Constitution.PUBLIC_LIMITED, Constitution.ONE_PERSON_COMPANY)
CONSTITUTIONS_OF = {"C": COMPANIES, "F": (Constitution.PARTNERSHIP, Constitution.LLP), "A": (Constitution.SOCIETY,)}
OFFERED = (
    Constitution.PROPRIETORSHIP,
    Constitution.PARTNERSHIP,
    Constitution.LLP,
    *COMPANIES,
    Constitution.TRUST,
    Constitution.SOCIETY,
)
LINES = ("interest", "depreciation", "tax")
MOST_LISTED = 9
LABEL, DESCRIPTION = 24, 72  # WhatsApp's limits for an item of a list


def labelled(text: str, description: str = "") -> tuple[str, str]:
    """A label and a description as a list can hold them; what does not fit the label is told below it."""
    if len(text) <= LABEL:
        return text, (description if description != text else "")[:DESCRIPTION]
    return text[: LABEL - 1].rstrip() + "…", (description or text)[:DESCRIPTION]


def _gstin(asked: Asked) -> GSTIN | None:
    said = asked.answer("identifier")
    return GSTIN(said) if said and not said.startswith("UDYAM") else None


def _holder(asked: Asked) -> str:
    gstin = _gstin(asked)
    return gstin.pan.holder if gstin else ""


@named(ACTIONS)
def check_identifier(asked: Asked) -> Outcome:
    """A GSTIN that is registered here already brings its business back instead of making a second one."""
    gstin = _gstin(asked)
    if gstin is None:
        return Outcome()
    found = businesses.find_own_by_gstin(actor=asked.actor, organisation_id=asked.organisation_id, gstin=str(gstin))
    return Outcome(answers={"business_id": str(found)}) if found else Outcome()


@named(KNOWN)
def constitution(asked: Asked) -> str | None:
    return CONSTITUTION_OF.get(_holder(asked))


@named(SOURCES)
def constitutions(asked: Asked) -> list[Choice]:
    offered = CONSTITUTIONS_OF.get(_holder(asked), OFFERED)
    with translation.override(asked.product_language):
        return [Choice(kind.value, *labelled(str(kind.label))) for kind in offered]


@named(ACTIONS)
def find_trades(asked: Asked) -> Outcome:
    found = businesses.find_industries(words=asked.answer("trade"), language=asked.product_language)
    if not found:
        return asked.refused("onboard.said.trades_none")
    return Outcome(answers={"trades": [[row.nic_code, row.name, row.description] for row in found]})


@named(SOURCES)
def trades(asked: Asked) -> list[Choice]:
    return [Choice(code, *labelled(name, description)) for code, name, description in asked.answers.get("trades", [])]


@named(ACTIONS)
def save_business(asked: Asked) -> Outcome:
    """Register it, or correct what was registered in this talk; only its owner sees it."""
    identifier, pincode = asked.answer("identifier"), asked.answer("pincode")
    gstin, district = _gstin(asked), places.district_of(pincode)
    state = gstin.state.letters if gstin else district.state if district else ""
    lies_there = district is not None and district.state == state
    given = BusinessInput(
        legal_name=asked.answer("business"),
        constitution=asked.answer("constitution") or constitution(asked) or Constitution.PROPRIETORSHIP,
        nic_code=asked.answer("trade_pick"),
        gstin=str(gstin) if gstin else "",
        udyam=identifier if identifier.startswith("UDYAM") else "",
        state=state,
        city=district.name if district and lies_there else "",
        pincode=pincode,
    )
    known = asked.answer("business_id")
    if known:
        saved = msme.update_business(actor=asked.actor, business_id=UUID(known), given=given)
    else:
        saved = msme.create_business(actor=asked.actor, organisation_id=asked.organisation_id, given=given)
    told = asked.bubble("onboard.said.business_saved", business=given.legal_name, place=given.city or state)
    return Outcome((told,), answers={"business_id": str(saved.id)})


def last_full_year(asked: Asked) -> FinancialYear:
    """The fiscal year that ended last: what is asked about."""
    return FinancialYear(FinancialYear.of(asked.now.astimezone(clock.INDIA).date()).start - 1)


@named(FACTS)
def year(asked: Asked) -> str:
    return str(last_full_year(asked))


def business_of(asked: Asked) -> UUID | None:
    """The business this talk is about; outside of a registration the newest one."""
    if asked.answer("business_id"):
        return UUID(asked.answer("business_id"))
    found = businesses.list_own_businesses(actor=asked.actor, limit=1)
    return found[0].business_id if found else None


NOTHING = "0.00"


@named(KNOWN)
def interest(asked: Asked) -> str | None:
    """Without loans there is none."""
    return NOTHING if asked.answer("loans") == NOTHING else None


@named(KNOWN)
def tax(asked: Asked) -> str | None:
    """A proprietor's income tax is the person's, not the business's."""
    return NOTHING if asked.answer("constitution") == Constitution.PROPRIETORSHIP else None


@named(ACTIONS)
def save_figures(asked: Asked) -> Outcome:
    """The year's figures, each read back before. Net worth that is skipped: assets minus loans."""
    business_id = business_of(asked)
    if business_id is None:
        return Outcome(goto="flow:onboard.business")
    assets, loans = Decimal(asked.answer("assets")), Decimal(asked.answer("loans"))
    worth = Decimal(asked.answer("worth")) if asked.answer("worth") else assets - loans
    lines = {f"{name}_inr": Decimal(asked.answer(name)) for name in LINES if asked.answer(name)}
    given = FinancialsInput(
        fiscal_year=last_full_year(asked),
        months=12,
        source=FigureSource.SELF_DECLARED,
        revenue_inr=Decimal(asked.answer("revenue")),
        pat_inr=Decimal(asked.answer("profit")),
        net_worth_inr=worth,
        total_assets_inr=assets,
        debt_inr=loans,
        lines=lines,
        is_confirmed=True,
    )
    today = asked.now.astimezone(clock.INDIA).date()
    msme.replace_financials(actor=asked.actor, business_id=business_id, given=given, today=today)
    told = asked.bubble("onboard.said.figures_saved", year=str(given.fiscal_year))
    return Outcome((told,), answers={"business_id": str(business_id)})


def summary_told(asked: Asked) -> str:
    assert asked.run is not None, "only a flow has a summary"
    return summary(asked.run, asked.language)


FACTS["summary"] = summary_told


@named(ACTIONS)
def finish(asked: Asked) -> Outcome:
    """Yes: everything once more as it stands after corrections, then the valuation, and the way into the browser."""
    if asked.answer("summary") != "yes":
        return Outcome()
    if "pincode" in asked.answers:
        save_business(asked)
    if "revenue" in asked.answers:
        save_figures(asked)
    business_id = business_of(asked)
    assert business_id is not None, "it was saved on the way here"
    return Outcome((*value(asked, business_id), link(asked)))


def value(asked: Asked, business_id: UUID) -> list[Bubble]:
    """Ask for a valuation; the worker's result comes as a message of its own. The same figures on the same day were valued
    before: then the result is there, and is told.

    Raises:
        FiguresMissing.
    """
    today = asked.now.astimezone(clock.INDIA).date()
    valuation = valuations.request_valuation(actor=asked.actor, business_id=business_id, today=today)
    if valuation.completed_at is not None:
        return valuation_bubbles(valuation_id=valuation.id, language=asked.language, now=asked.now)
    publish(AnswerTakesTime(asked.message_id))
    return [asked.bubble("onboard.said.calculating")]


def link(asked: Asked) -> Bubble:
    """The way into the browser, without a password."""
    token = accounts.make_login_link(user_id=asked.user_id, now=asked.now)
    return Bubble(say("common.link", asked.language, url=f"{settings.PUBLIC_BASE_URL}/m/{token}/"))


def short(amount: Decimal, language: str) -> str:
    """An amount as it is told: at most three digits, in lakh or crore."""
    return Money(amount).rounded().short(language)
