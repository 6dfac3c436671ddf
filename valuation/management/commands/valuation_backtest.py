"""`manage.py valuation_backtest`: how close the engine came to what was asked and paid on this market."""

import math
from statistics import median
from typing import Any

from django.core.management.base import BaseCommand

from valuation.models import ObservedPrice
from valuation.types import PriceKind

ENOUGH = 100


class Command(BaseCommand):
    help = "Error and coverage of valuations on observed prices, closed ones first; says so when there are none."

    def handle(self, *args: Any, **options: Any) -> None:
        for kind in (PriceKind.CLOSED, PriceKind.OFFER, PriceKind.ASK):
            rows = ObservedPrice.objects.filter(kind=kind, valuation__point_inr__isnull=False)
            pairs = [
                (float(row.amount_inr / row.share_pct * 100), row.valuation)
                for row in rows.select_related("valuation").iterator(chunk_size=500)
            ]
            if not pairs:
                self.stdout.write(f"{kind.label}: none with a valuation yet")
                continue
            logs = [
                math.log(float(valuation.point_inr) / price)
                for price, valuation in pairs
                if valuation and valuation.point_inr
            ]
            inside = sum(
                float(valuation.low80_inr or 0) <= price <= float(valuation.high80_inr or 0)
                for price, valuation in pairs
                if valuation
            )
            mdape = median(abs(math.exp(value) - 1) for value in logs)
            rmse = math.sqrt(sum(value * value for value in logs) / len(logs))
            self.stdout.write(
                f"{kind.label}: {len(pairs)} prices, MdAPE {mdape:.3f}, log-RMSE {rmse:.3f}, "
                f"inside the 80 % band {inside / len(pairs):.0%}, bias {math.exp(median(logs)) - 1:+.1%}"
            )
            if kind == PriceKind.CLOSED and len(pairs) >= ENOUGH:
                self.stdout.write(f"  {len(pairs)} closed deals: enough to calibrate A-11, A-13 and A-17 on.")
