"""Keyset pages: stable under inserts, and as fast on page 4,000 as on page 1."""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

if TYPE_CHECKING:  # DRF imports this module while it is itself being imported
    from rest_framework.views import APIView

LARGEST_COUNT = 10_000
MANY_HOLDS_S = 30


def counted(rows: QuerySet[Any], known_as: str = "") -> int | None:
    """How many rows there are; None above LARGEST_COUNT, where counting would cost more than the page.

    Args:
        known_as: names the query, for one that many ask: that it has more rows than that is then remembered for half a minute.
    """
    key = f"many:{known_as}"
    if known_as and cache.get(key):
        return None
    count = rows.order_by()[: LARGEST_COUNT + 1].count()
    if count <= LARGEST_COUNT:
        return count
    if known_as:
        cache.set(key, True, MANY_HOLDS_S)
    return None


class KeysetPagination(CursorPagination):
    """Newest first by the time-ordered key, which is unique, so no row is ever skipped or shown twice."""

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"
    cursor_query_param = "cursor"
    ordering = "-id"

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: "APIView | None" = None
    ) -> list[Any] | None:
        assert isinstance(queryset, QuerySet), "keyset pages are pages of a table"
        self.count = counted(queryset)
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        response = Response(data)
        response.pagination = {  # type: ignore[attr-defined]
            "next": self.get_next_link(),
            "previous": self.get_previous_link(),
            "page_size": self.page_size,
            "count": self.count,
        }
        return response


class SortedKeyset(KeysetPagination):
    """Pages in one of several orders: by a column that repeats, then by the key, both in the same direction.

    The cursor holds the place, not an offset: the two values of the row it starts beside, and which way to go.
    """

    def __init__(
        self, column: str, key: str, *, is_descending: bool, reads: Callable[[Any], Any], known_as: str = ""
    ) -> None:
        """
        Args:
            reads: makes a value of the column out of JSON and raises ValueError for anything else.
            known_as: see `counted`.
        """
        super().__init__()
        self.known_as = known_as
        self.column, self.key, self.is_descending, self.reads = column, key, is_descending, reads

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: "APIView | None" = None
    ) -> list[Any]:
        assert isinstance(queryset, QuerySet), "keyset pages are pages of a table"
        self.page_size = self.get_page_size(request) or self.page_size
        self.url = request.build_absolute_uri()
        self.count = counted(queryset, self.known_as)
        place = self._place(request.query_params.get(self.cursor_query_param, ""))
        is_back = bool(place and place["back"])
        goes_down = self.is_descending != is_back
        if place:
            queryset = queryset.filter(self._beyond(place["value"], place["id"], goes_down=goes_down))
        sign = "-" if goes_down else ""
        rows = list(queryset.order_by(f"{sign}{self.column}", f"{sign}{self.key}")[: self.page_size + 1])
        has_more, rows = len(rows) > self.page_size, rows[: self.page_size]
        if is_back:
            rows.reverse()
        self.following = self._link(rows[-1], is_back=False) if rows and (has_more or is_back) else None
        self.preceding = self._link(rows[0], is_back=True) if rows and place and (has_more or not is_back) else None
        return rows

    def get_next_link(self) -> str | None:
        return self.following

    def get_previous_link(self) -> str | None:
        return self.preceding

    def _beyond(self, value: Any, key: Any, *, goes_down: bool) -> Q:
        """Rows after a place. The first condition is what an index can be entered with."""
        side = "lt" if goes_down else "gt"
        beyond = Q(**{f"{self.column}__{side}": value}) | Q(**{self.column: value, f"{self.key}__{side}": key})
        return Q(**{f"{self.column}__{side}e": value}) & beyond

    def _link(self, row: Any, *, is_back: bool) -> str:
        value = getattr(row, self.column)
        exact = value.isoformat() if isinstance(value, datetime) else str(value)  # JSON encoders cut moments short
        place = {"value": exact, "id": str(getattr(row, f"{self.key}_id", row.pk)), "back": is_back}
        text = urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
        return str(replace_query_param(self.url, self.cursor_query_param, text))

    def _place(self, text: str) -> dict[str, Any] | None:
        if not text:
            return None
        try:
            place = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return {"value": self.reads(place["value"]), "id": UUID(place["id"]), "back": bool(place["back"])}
        except (ValueError, KeyError, TypeError, ArithmeticError, AttributeError, binascii.Error) as error:
            raise NotFound(_("This page does not exist; begin with the first one.")) from error
