"""What stands in the report: every figure out of the stored result, rounded to three digits, in one language."""

from decimal import Decimal
from typing import Any

from django.utils import translation

from msmebazaar.core.types import Money
from valuation.engine.v2 import texts as engine
from valuation.engine.v2.texts import Text, say
from valuation.explanation import amount, explain, track_record
from valuation.models import Valuation
from valuation.packs import packs
from valuation.report.labels import ASSETS, LABELS, RATES, SECTORS, UNVERIFIED
from valuation.selectors import approved_override
from valuation.texts import KINDS, QUALITY, finding


def content_of(valuation: Valuation, language: str) -> dict[str, Any]:
    output = valuation.output
    assert output is not None and valuation.completed_at is not None
    writer = _Writer(output, language)
    override = approved_override(valuation)
    with translation.override(language):
        return {
            "language": language,
            "label": {name: text[writer.column] for name, text in LABELS.items()},
            "business": valuation.business.legal_name,
            "purpose": str(valuation.get_purpose_display()),
            "valuation_date": valuation.input["valuation_date"],
            "made": valuation.completed_at.date().isoformat(),
            "value": writer.value(),
            "paragraphs": explain(valuation, language),
            "field": writer.football_field(),
            "methods": writer.methods(),
            "bridge": writer.bridge(),
            "years": writer.years(),
            "rates": writer.rates(),
            "forecast": writer.forecast(),
            "heat": writer.heat(),
            "drivers": writer.drivers(),
            "assets": writer.assets(),
            "checks": writer.checks(),
            "comparables": writer.comparables(),
            "quality": writer.quality(),
            "warnings": [finding(warning, engine.WARNINGS, language) for warning in output["warnings"]],
            "assumptions": _assumptions(valuation),
            "unverified": [text[writer.column] for text in UNVERIFIED],
            "override": None
            if override is None
            else {
                "point": amount(override.point_inr, language),
                "low": amount(override.low80_inr, language),
                "high": amount(override.high80_inr, language),
                "reason": override.reason,
            },
            "sign_offs": [[row.valuer_name, row.registration_number] for row in valuation.sign_offs.all()],
            "track": track_record(valuation.pack_id, language),
            "provenance": [
                ["id", str(valuation.id)],
                ["engine", valuation.engine_version],
                ["pack", f"{valuation.pack_id}  {valuation.pack_sha256}"],
                ["input SHA-256", valuation.input_sha256],
                ["output SHA-256", valuation.output_sha256],
            ],
        }


def _assumptions(valuation: Valuation) -> list[list[str]]:
    figures = packs()[valuation.pack_id].content["figures"]
    return [
        [
            name.replace("_", " "),
            figure["value"],
            figure.get("assumption", figure["kind"]),
            figure["source"],
            figure["date"],
        ]
        for name, figure in figures.items()
    ]


class _Writer:
    def __init__(self, output: dict[str, Any], language: str) -> None:
        self.output, self.language = output, language
        self.column = 1 if language == "hi" else 0

    def money(self, text: str | None) -> str:
        return "–" if text is None else amount(text, self.language)

    def percent(self, text: str | None, digits: int = 1) -> str:
        return "–" if text is None else f"{Decimal(text) * 100:.{digits}f} %"

    def text(self, table: dict[str, Text], key: str) -> str:
        return say(table, key, self.language) if key in table else key.replace("_", " ")

    def value(self) -> dict[str, Any]:
        value, implied = self.output["value"], self.output["implied"]
        names = {"ev_ebitda": "EV/EBITDA", "pe": "P/E", "pb": "P/B", "sde": "SDE"}
        return {
            "point": self.money(value["point"]) if value["point"] else None,
            "low": self.money(value["low80"]),
            "high": self.money(value["high80"]),
            "implied": [[names[name], f"{Decimal(multiple):.1f}×"] for name, multiple in implied.items() if multiple],
        }

    def football_field(self) -> dict[str, Any]:
        """Bars on one axis: each used method's own range, and the band with the value; positions are 0 to 1."""
        value, bars = self.output["value"], []
        for method in self.output["methods"]:
            if Decimal(method["weight"]) > 0:
                low, high = method["low"] or method["value"], method["high"] or method["value"]
                bars.append((self.text(engine.METHODS, method["id"]), low, method["value"], high, False))
        bars.append((LABELS["band"][self.column], value["low80"], value["point"], value["high80"], True))
        ends = [Decimal(end) for _, low, _, high, _ in bars for end in (low, high)]
        least, most = min(*ends, Decimal(0)), max(ends)
        span = most - least or Decimal(1)

        def place(text: str | None) -> float | None:
            return None if text is None else float((Decimal(text) - least) / span)

        return {
            "bars": [
                {
                    "name": name,
                    "from": place(low),
                    "at": place(middle),
                    "to": place(high),
                    "is_band": is_band,
                    "low": self.money(low),
                    "high": self.money(high),
                }
                for name, low, middle, high, is_band in bars
            ],
            "ticks": [
                {"at": step / 4, "text": self.money(str((least + span * step / 4).quantize(Decimal("0.01"))))}
                for step in range(5)
            ],
        }

    def methods(self) -> list[list[str]]:
        return [
            [
                self.text(engine.METHODS, method["id"]),
                self.text(engine.APPROACHES, method["approach"]),
                self.money(method["value"]),
                self.percent(method["weight"], 0),
                self.money(method["contribution"]) if Decimal(method["weight"]) > 0 else "–",
                self.text(engine.REASONS, method["reason"]),
            ]
            for method in self.output["methods"]
        ]

    def bridge(self) -> list[dict[str, Any]]:
        """From reported to normalised EBITDA of the latest year, as a waterfall; positions are 0 to 1."""
        year = self.output["normalisation"][0]
        if year["ebitda"] is None:
            return []
        steps = [
            (LABELS["reported"][self.column], Decimal(year["ebitda_reported"]), True, True),
            *(
                (self.text(KINDS, item["kind"]), Decimal(item["amount"]), False, item["is_evidenced"])
                for item in year["adjustments"]
            ),
            (LABELS["normalised"][self.column], Decimal(year["ebitda"]), True, True),
        ]
        level, spans = Decimal(0), []
        for _, change, is_total, _ in steps:
            start = Decimal(0) if is_total else level
            level = change if is_total else level + change
            spans.append((min(start, level), max(start, level)))
        least = min([Decimal(0), *(low for low, _ in spans)])
        span = max(high for _, high in spans) - least or Decimal(1)
        return [
            {
                "name": name,
                "from": float((low - least) / span),
                "to": float((high - least) / span),
                "amount": self.money(str(change)),
                "kind": "total" if is_total else "plus" if change > 0 else "minus",
                "is_evidenced": is_evidenced,
            }
            for (name, change, is_total, is_evidenced), (low, high) in zip(steps, spans, strict=True)
        ]

    def years(self) -> list[list[str]]:
        return [
            [
                year["fiscal_year"],
                self.money(year["revenue"]),
                self.money(year["ebitda_reported"]),
                self.money(year["ebitda"]),
                self.percent(year["margin"]),
                self.money(year["sde"]),
            ]
            for year in reversed(self.output["normalisation"])
        ]

    def rates(self) -> list[list[str]]:
        rates = self.output["rates"]
        shown = [
            [
                self.text(RATES, name),
                f"{Decimal(rates[name]):.2f}" if name.startswith("beta") else self.percent(rates[name], 2),
            ]
            for name in RATES
        ]
        return shown + [
            [f"· {self.text(engine.RISKS, r['name'])}", self.percent(r["premium"], 0)] for r in rates["risks"]
        ]

    def forecast(self) -> list[list[str]]:
        return [
            [
                str(number),
                self.percent(year["growth"]),
                self.money(year["revenue"]),
                self.money(year["nopat"]),
                self.money(year["reinvestment"]),
                self.money(year["fcff"]),
                f"{Decimal(year['discount_factor']):.3f}",
            ]
            for number, year in enumerate(self.output["forecast"], start=1)
        ]

    def heat(self) -> list[dict[str, Any]]:
        cells = self.output["sensitivity"]["dcf"]
        values = [Decimal(cell["value"]) for cell in cells]
        if not values:
            return []
        least, span = min(values), (max(values) - min(values)) or Decimal(1)
        return [
            {
                "wacc": f"{Decimal(cell['wacc']) * 100:+.0f}",
                "growth": f"{Decimal(cell['growth']) * 100:+.0f}",
                "text": self.money(cell["value"]),
                "heat": float((Decimal(cell["value"]) - least) / span),
            }
            for cell in cells
        ]

    def drivers(self) -> list[list[str]]:
        return [
            [
                LABELS[f"driver_{row['driver']}"][self.column],
                f"{Decimal(row['change']) * 100:+.0f} %",
                self.money(row["value"]),
            ]
            for row in self.output["sensitivity"]["drivers"]
        ]

    def assets(self) -> dict[str, Any] | None:
        owned = self.output["assets"]
        if owned is None:
            return None
        return {
            "lines": [
                [
                    self.text(ASSETS, line["name"]),
                    *(self.money(line[name]) for name in ("basis", "going_concern", "liquidation")),
                ]
                for line in owned["lines"]
                if Decimal(line["basis"]) != 0
            ],
            "totals": [
                [LABELS[name][self.column], self.money(owned[name])]
                for name in ("gross", "liabilities", "contingent", "adjusted_nav", "liquidation_equity")
            ],
        }

    def checks(self) -> list[list[str]]:
        return [
            [self.text(engine.METHODS, check["id"]), f"{Decimal(check['multiple']):.2f}×", self.money(check["value"])]
            for check in self.output["cross_checks"]
        ]

    def comparables(self) -> list[list[str]]:
        return [
            [
                self.text(SECTORS, row["sector"]),
                row["year"],
                Money(Decimal(row["revenue_crore"]) * 10_000_000).rounded().short(self.language),
                self.percent(row["margin"]),
                f"{Decimal(row['pe']):.1f}×",
                row["distance"],
            ]
            for row in self.output["comparables"]
        ]

    def quality(self) -> dict[str, Any]:
        found = self.output["quality"]
        parts = [[self.text(QUALITY, part["name"]), part["points"], part["of"]] for part in found["parts"]]
        return {"score": found["score"], "parts": parts}
