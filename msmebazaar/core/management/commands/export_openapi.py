"""`manage.py export_openapi [--check]`: docs/openapi.yaml from the views."""

from argparse import ArgumentParser
from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

TARGET = Path("docs/openapi.yaml")


class Command(BaseCommand):
    help = "Write the OpenAPI document, or with --check fail when it is out of date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    @no_translations  # names of choices would come in the language of whatever ran before
    def handle(self, *args: Any, **options: Any) -> None:
        GENERATOR_STATS.reset()
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        validate_schema(schema)  # type: ignore[no-untyped-call]
        GENERATOR_STATS.emit_summary()
        if GENERATOR_STATS:
            raise CommandError("drf-spectacular had to guess; see its lines above.")
        text = OpenApiYamlRenderer().render(schema, renderer_context={}).decode()  # type: ignore[no-untyped-call]
        target = settings.BASE_DIR / TARGET
        if options["check"]:
            kept = target.read_text() if target.exists() else ""
            if kept != text:
                lines = islice(
                    unified_diff(kept.splitlines(), text.splitlines(), "kept", "served", n=1, lineterm=""), 20
                )
                raise CommandError("\n".join([f"{TARGET} is not what the code serves; run `make docs`.", *lines]))
            self.stdout.write("schema: no drift")
        else:
            target.write_text(text)
            self.stdout.write(f"wrote {TARGET}")
