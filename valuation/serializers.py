"""Shapes of valuations."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from msmebazaar.core.http.serializers import Base
from valuation.explanation import explain
from valuation.models import Valuation
from valuation.packs import packs


class ValuationRequest(Base):
    business_id = serializers.UUIDField()


class IntervalAnswer(Base):
    """Rupees as decimal strings."""

    point = serializers.CharField()
    low80 = serializers.CharField(help_text="Four sales of five lie between low80 and high80.")
    high80 = serializers.CharField()


class PartAnswer(Base):
    name = serializers.CharField()
    value = serializers.CharField()


class RefusalAnswer(Base):
    code = serializers.CharField()
    field = serializers.CharField()
    message = serializers.CharField()


class ResultAnswer(Base):
    value = IntervalAnswer()
    at_sme_ipo = IntervalAnswer(help_text="What the SME platform would pay for the equity before the issue.")
    parts = PartAnswer(many=True, help_text="Terms of the regression; they add up to ln(equity / revenue).")
    clamped = serializers.ListField(child=serializers.CharField())
    warnings = serializers.ListField(child=serializers.CharField())
    quality = serializers.IntegerField(help_text="0 to 100")


class AssumptionAnswer(Base):
    name = serializers.CharField()
    value = serializers.CharField()
    kind = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]


class ValuationAnswer(serializers.ModelSerializer[Valuation]):
    """Immutable once `status` is `ready` or `refused`."""

    result = serializers.SerializerMethodField()
    refusals = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    assumptions = serializers.SerializerMethodField()

    class Meta:
        model = Valuation
        fields = (
            "id",
            "business_id",
            "status",
            "result",
            "refusals",
            "explanation",
            "assumptions",
            "engine_version",
            "pack_id",
            "pack_sha256",
            "input_sha256",
            "output_sha256",
            "created_at",
            "completed_at",
        )

    @extend_schema_field(ResultAnswer(allow_null=True))
    def get_result(self, row: Valuation) -> Any:
        return row.output if row.output and "value" in row.output else None

    @extend_schema_field(RefusalAnswer(many=True))
    def get_refusals(self, row: Valuation) -> list[dict[str, str]]:
        language = "hi" if (get_language() or "en").startswith("hi") else "en"
        return [
            {"code": refusal["code"], "field": refusal["field"], "message": refusal[f"message_{language}"]}
            for refusal in (row.output or {}).get("refusals", [])
        ]

    def get_explanation(self, row: Valuation) -> str:
        return explain(row, packs()[row.pack_id].content)

    @extend_schema_field(AssumptionAnswer(many=True))
    def get_assumptions(self, row: Valuation) -> list[dict[str, str]]:
        content = packs()[row.pack_id].content
        return [{"name": name, **content[name]} for name in ("level_factor", "band_widening")]
