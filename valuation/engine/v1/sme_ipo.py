"""Value by regression on Indian SME-platform IPOs.

ln(equity / revenue) = const + b1 ln(revenue / 80 crore) + b2 ln(margin / 8 %) + b3 ln((net worth / revenue) / 0.3)
+ b4 ln((total assets / revenue) / 0.7) + b5 stub fraction, on annualised figures. Six coefficients fitted on 225 issues;
on 73 that it never saw: median error 23 %, and the 80 % band held 86 %. Method, gates and rivals: docs/valuation.md.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

from valuation.engine.v1.model import Estimate, Figures, Interval, Model, Refusal

ENGINE_VERSION = "1.0.0"
CONTEXT = Context(prec=28, rounding=ROUND_HALF_EVEN)
PAISA = Decimal("0.01")
CRORE = Decimal(10_000_000)
FEWEST_MONTHS = 6
STABLE_MARGIN_CV = Decimal("0.25")
SHAKY_MARGIN_CV = Decimal("0.5")


def evaluate(figures: tuple[Figures, ...], model: Model) -> Estimate | tuple[Refusal, ...]:
    """Value a business from its yearly figures, newest first.

    Returns:
        an Estimate, or every reason why there can be none, at once.
    """
    with localcontext(CONTEXT):
        refusals = _refusals(figures, model)
        return refusals or _estimate(figures, model)


def _refusals(figures: tuple[Figures, ...], model: Model) -> tuple[Refusal, ...]:
    if not figures:
        return (
            Refusal(
                "E_REVENUE_MISSING",
                "financials",
                "Enter the figures of at least one fiscal year.",
                "कम से कम एक वित्त वर्ष के आँकड़े भरें।",
            ),
        )
    latest = figures[0]
    if latest.months < FEWEST_MONTHS:
        return (
            Refusal(
                "E_TOO_YOUNG",
                "months",
                "The latest figures cover less than six months. Enter a longer period.",
                "ताज़ा आँकड़े छह महीने से कम के हैं। लंबी अवधि के आँकड़े भरें।",
            ),
        )
    found = []
    lowest, highest = (Decimal(bound) for bound in model.content["revenue_range_inr"])
    if not lowest <= _annual(latest.revenue, latest) <= highest:
        found.append(
            Refusal(
                "E_REVENUE_OUT_OF_RANGE",
                "revenue_inr",
                "This method knows businesses with a yearly revenue of ₹5 crore to ₹500 crore. Other methods follow.",
                "यह तरीका ₹5 करोड़ से ₹500 करोड़ सालाना बिक्री वाले व्यवसायों के लिए है। दूसरे तरीके आगे आएँगे।",
            )
        )
    if latest.pat <= 0:
        found.append(
            Refusal(
                "E_NO_PROFIT",
                "pat_inr",
                "This method needs a profit in the latest year. Other methods follow.",
                "इस तरीके के लिए ताज़ा वर्ष में लाभ होना चाहिए। दूसरे तरीके आगे आएँगे।",
            )
        )
    if latest.net_worth <= 0:
        found.append(
            Refusal(
                "E_NO_NET_WORTH",
                "net_worth_inr",
                "This method needs a positive net worth. Check share capital and reserves.",
                "इस तरीके के लिए नेट वर्थ शून्य से अधिक होना चाहिए। पूँजी और रिज़र्व जाँचें।",
            )
        )
    return tuple(found)


def _annual(amount: Decimal, figures: Figures) -> Decimal:
    return amount * 12 / figures.months


def _estimate(figures: tuple[Figures, ...], model: Model) -> Estimate:
    latest = figures[0]
    revenue = _annual(latest.revenue, latest)
    ratios = {
        "margin": latest.pat / latest.revenue,
        "net_worth_to_revenue": latest.net_worth / revenue,
        "total_assets_to_revenue": latest.total_assets / revenue,
    }
    bounds = {name: (Decimal(low), Decimal(high)) for name, (low, high) in model.content["clamps"].items()}
    used = {name: min(max(ratio, bounds[name][0]), bounds[name][1]) for name, ratio in ratios.items()}
    terms = {
        "const": Decimal(1),
        "ln_revenue_over_80_crore": (revenue / (80 * CRORE)).ln(),
        "ln_margin_over_8_percent": (used["margin"] / Decimal("0.08")).ln(),
        "ln_net_worth_to_revenue_over_0.3": (used["net_worth_to_revenue"] / Decimal("0.3")).ln(),
        "ln_total_assets_to_revenue_over_0.7": (used["total_assets_to_revenue"] / Decimal("0.7")).ln(),
        "stub_fraction": Decimal(12 - latest.months) / 12,
    }
    parts = tuple((name, model.number("coefficients", name) * term) for name, term in terms.items())
    equity = revenue * sum((part for _, part in parts), Decimal(0)).exp()
    quality = _quality(figures, model)
    low, high = model.number("residuals_80", "low"), model.number("residuals_80", "high")
    widening = model.number("band_widening", "value") * (1 + Decimal("0.5") * (1 - Decimal(quality) / 100))
    private = equity * model.number("level_factor", "value")
    return Estimate(
        value=_interval(private, low * widening, high * widening),
        at_sme_ipo=_interval(equity, low, high),
        parts=tuple((name, part.quantize(Decimal("0.0001"))) for name, part in parts),
        clamped=tuple(name for name, ratio in ratios.items() if used[name] != ratio),
        warnings=_warnings(figures),
        quality=quality,
    )


def _interval(point: Decimal, low: Decimal, high: Decimal) -> Interval:
    return Interval(*((point * edge.exp()).quantize(PAISA) for edge in (Decimal(0), low, high)))


def _warnings(figures: tuple[Figures, ...]) -> tuple[str, ...]:
    latest = figures[0]
    found = []
    if latest.months < 12:
        found.append("W_ANNUALISED")
    if len(figures) == 1:
        found.append("W_ONE_YEAR")
    elif _annual(latest.revenue, latest) < _annual(figures[1].revenue, figures[1]):
        found.append("W_DECLINING")
    if latest.source == "self_declared":
        found.append("W_SELF_DECLARED")
    return tuple(found)


def _quality(figures: tuple[Figures, ...], model: Model) -> int:
    """Points for years, source of the figures, balance sheet (given here by construction) and stability of the margin.

    Cross-checks with GST and evidence of adjustments, 25 points, come with those inputs.
    """
    years = model.content["quality_of_years"]
    points = Decimal(years[min(len(figures), len(years) - 1)])
    points += model.number("quality_of_source", figures[0].source) + 15
    if len(figures) >= 3:
        margins = [row.pat / row.revenue for row in figures]
        mean = sum(margins, Decimal(0)) / len(margins)
        spread = (sum(((margin - mean) ** 2 for margin in margins), Decimal(0)) / len(margins)).sqrt()
        variation = spread / mean if mean > 0 else Decimal(1)
        points += 10 if variation < STABLE_MARGIN_CV else 5 if variation < SHAKY_MARGIN_CV else 0
    return int(points)
