"""How much a buyer can see in a listing, 0 to 100, and what would raise it most. Plain points; the parts add up to the score."""

from dataclasses import dataclass

from msme.types import FigureSource
from msmebazaar.core.exceptions import N_


@dataclass(frozen=True)
class QualityFacts:
    """What is counted. `open_terms`: terms its intent may have and that are not answered."""

    title_length: int
    summary_length: int
    years: int
    source: str
    has_ebitda: bool
    has_balance_sheet: bool
    has_gstin: bool
    has_udyam: bool
    tier: int
    documents: int
    has_basics: bool
    open_terms: int


@dataclass(frozen=True)
class QualityPart:
    """Points of one part, of how many, and the step that would give the rest ("" when there is none)."""

    code: str
    points: int
    most: int
    step: str


@dataclass(frozen=True)
class Quality:
    score: int
    parts: tuple[QualityPart, ...]

    @property
    def next_step(self) -> QualityPart | None:
        """The part with most points left, the first of equals; None at 100."""
        best = max(self.parts, key=lambda part: part.most - part.points)
        return best if best.points < best.most else None


SOURCE_POINTS: dict[str, int] = {FigureSource.AUDITED: 10, FigureSource.FILED: 8, FigureSource.PROVISIONAL: 4}
LONG_ENOUGH, TITLE_LONG_ENOUGH = 300, 25


def assess(facts: QualityFacts) -> Quality:
    text = min(facts.summary_length, LONG_ENOUGH) * 12 // LONG_ENOUGH + 3 * (facts.title_length >= TITLE_LONG_ENOUGH)
    rows = [
        ("years", {0: 0, 1: 7, 2: 13}.get(facts.years, 20), 20, N_("Enter the figures of three years.")),
        ("text", text, 15, N_("Tell more about what the business does: products, customers, staff, order book.")),
        ("source", SOURCE_POINTS.get(facts.source, 0), 10, N_("Enter figures from audited accounts.")),
        ("ebitda", 10 * facts.has_ebitda, 10, N_("Enter the costs of the latest year, so that buyers see EBITDA.")),
        ("balance_sheet", 5 * facts.has_balance_sheet, 5, N_("Enter stock, receivables and payables.")),
        ("identifiers", 5 * facts.has_gstin + 5 * facts.has_udyam, 10, N_("Add your GSTIN and Udyam number.")),
        ("badge", 10 if facts.tier >= 2 else 5 * (facts.tier == 1), 10, N_("Have your documents reviewed (badge T2).")),
        ("documents", min(facts.documents, 2) * 5, 10, N_("Upload your accounts for the data room.")),
        ("basics", 5 * facts.has_basics, 5, N_("Add PIN code, year of foundation and number of employees.")),
        ("terms", 5 * (facts.open_terms == 0), 5, N_("Answer the open questions about what is offered.")),
    ]
    parts = tuple(QualityPart(code, points, most, step if points < most else "") for code, points, most, step in rows)
    return Quality(sum(part.points for part in parts), parts)
