"""`manage.py load_reference_data`: industry codes from the dated tables in `msme/reference/`. Repeatable."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from msme import services
from msme.models import NicCode
from msme.reference import rows_of


class Command(BaseCommand):
    help = "Load or renew the reference tables that ship with this release."

    def handle(self, *args: Any, **options: Any) -> None:
        codes = [
            NicCode(
                code=row["division"],
                level="division",
                division=row["division"],
                section=row["section"],
                title_en=row["title_en"],
                title_hi=row["title_hi"],
            )
            for row in rows_of("nic2008_divisions.csv")
        ]
        codes += [
            NicCode(
                code=row["code"],
                level=row["level"],
                division=row["division"],
                section=row["section"],
                title_en=row["description"][:300],
            )
            for row in rows_of("nic2008.csv")
        ]
        with transaction.atomic():
            NicCode.objects.bulk_create(
                codes,
                update_conflicts=True,
                unique_fields=["code"],
                update_fields=["level", "division", "section", "title_en", "title_hi"],
            )
        words = services.load_reference_words()
        self.stdout.write(f"{len(codes)} industry codes, {words} words for search")
