"""Writing packs and coefficient files: one row a line, so that a change of a figure is a change of a line."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

KINDS = ("data", "measured", "house")


def as_text(content: Mapping[str, Any]) -> str:
    """JSON with the longest lists and tables broken into lines."""
    return _object(content, depth=1) + "\n"


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _object(content: Mapping[str, Any], depth: int) -> str:
    pad = " " * depth
    lines = [f"{pad}{json.dumps(name)}: {_value(value, depth + 1)}" for name, value in content.items()]
    return "{\n" + ",\n".join(lines) + f"\n{' ' * (depth - 1)}}}"


def _value(value: Any, depth: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict) and len(flat) > 300:
        return _object(value, depth)
    if isinstance(value, list) and len(flat) > 300:
        pad = " " * depth
        return (
            "[\n" + ",\n".join(pad + json.dumps(row, ensure_ascii=False) for row in value) + f"\n{' ' * (depth - 1)}]"
        )
    return flat


def changed_pack(base: Mapping[str, Any], changes: Mapping[str, Any], models: Mapping[str, str]) -> dict[str, Any]:
    """A pack's content with changes laid over it.

    `changes`: `id`, `title`, `valid_from`, and any of `market_data_of`, `track_record`, `bands_by_size`, `figures`, `tables`,
    `models` (purpose → model id). `models`: SHA-256 of every coefficient file by id.

    Raises:
        ValueError: a figure or table without value, kind, source and date; a model that is not there; a date not later.
    """
    content = json.loads(json.dumps(base))
    for name in ("id", "title", "valid_from"):
        if not changes.get(name):
            raise ValueError(f"The changes must say {name}.")
    if date.fromisoformat(changes["valid_from"]) <= date.fromisoformat(base["valid_from"]):
        raise ValueError("A new pack is valid from a later day than the one it comes from.")
    for name in ("id", "title", "valid_from", "market_data_of", "track_record", "bands_by_size"):
        if name in changes:
            content[name] = changes[name]
    for name, figure in changes.get("figures", {}).items():
        _require_source(name, figure, "value")
        content["figures"][name] = figure
    for name, table in changes.get("tables", {}).items():
        _require_source(name, table, "rows")
        content["tables"][name] = table
    for purpose, model in changes.get("models", {}).items():
        if model not in models:
            raise ValueError(f"There is no coefficient file {model}.")
        content["models"][purpose] = {"id": model, "sha256": models[model]}
    return dict(content)


def _require_source(name: str, figure: Mapping[str, Any], what: str) -> None:
    missing = [key for key in (what, "kind", "source", "date") if not figure.get(key)]
    if missing:
        raise ValueError(f"{name} lacks {', '.join(missing)}.")
    if figure["kind"] not in KINDS:
        raise ValueError(f"{name}: kind is one of {', '.join(KINDS)}.")
    date.fromisoformat(figure["date"])


def write_new(path: Path, text: str) -> None:
    """Packs and coefficient files are never changed.

    Raises:
        FileExistsError.
    """
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
