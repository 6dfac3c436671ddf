"""The valuation engine: plain Python and `decimal`, no Django, no clock, no locale, no network, no floats.

The same input and pack give the same bytes on every Python. Every version that made a stored result stays and can make
it again; new work is done by the current one. Method, sources and limits: docs/valuation.md.
"""

from collections.abc import Callable
from typing import Any

from valuation.engine import v1, v2
from valuation.engine.pack import Pack, load_pack

Engine = Callable[[dict[str, Any], Pack], dict[str, Any]]

ENGINES: dict[str, Engine] = {v1.VERSION: v1.run, v2.VERSION: v2.run}
ENGINE_VERSION = v2.VERSION

__all__ = ["ENGINES", "ENGINE_VERSION", "Pack", "load_pack"]
