"""`record_operation backup --facts '{"bytes": 1}'`: says that an operation outside the application was carried out."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from msmebazaar.core import clock
from msmebazaar.core.models import OperationRun


class Command(BaseCommand):
    help = "Record a backup or a restore test, so that alerts know its age."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=OperationRun.Kind.values)
        parser.add_argument("--failed", action="store_true")
        parser.add_argument("--facts", type=json.loads, default={})

    def handle(self, *_: Any, kind: str, failed: bool, facts: dict[str, Any], **__: Any) -> None:
        OperationRun.objects.create(kind=kind, ended_at=clock.now(), is_good=not failed, facts=facts)
