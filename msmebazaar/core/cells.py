"""Cells of sheets that people open in a spreadsheet."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: Any) -> Any:
    """A cell that a spreadsheet would run as a formula is marked as text (OWASP, CSV injection)."""
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False) if isinstance(value, (dict, list)) else value
    return f"'{text}" if isinstance(text, str) and text.lstrip().startswith(FORMULA_STARTS) else text
