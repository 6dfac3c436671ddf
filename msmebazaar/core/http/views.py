"""What the API views share: the actor of the request, and pages of rows."""

from typing import Any, TypeVar, cast

from django.db.models import QuerySet
from django.utils.translation import gettext
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import NotAuthenticated
from msmebazaar.core.http.pagination import KeysetPagination

Shape = TypeVar("Shape", bound=BaseSerializer[Any])


_SHARED: dict[type, BaseSerializer[Any]] = {}


def shared(serializer: type[Shape]) -> Shape:
    """One serializer for all answers of its kind, where it needs no context.

    It makes its fields once; made for each answer, they cost as much as showing a dozen rows.
    """
    if serializer not in _SHARED:
        _SHARED[serializer] = serializer()
    return cast(Shape, _SHARED[serializer])


class ApiView(APIView):
    """Base of every view: one call into a service or selector, then an answer."""

    pagination_class = KeysetPagination

    def actor(self, request: Request) -> Actor:
        """Who asks; the authentication put it on the request."""
        if not isinstance(request.auth, Actor):
            raise NotAuthenticated
        return request.auth

    def validated(self, serializer: type[BaseSerializer[Any]], request: Request, **kwargs: Any) -> dict[str, Any]:
        """The body as the serializer checks it. A body that is not an object, and a field it does not know, are faults too."""
        checked = serializer(data=request.data, **kwargs)
        known = getattr(checked, "fields", {})
        unknown = [name for name in request.data if name not in known] if isinstance(request.data, dict) else []
        if not checked.is_valid() or unknown:
            message = ErrorDetail(gettext("There is no such field here."), code="unknown_field")
            raise ValidationError(dict(checked.errors) | {name: [message] for name in unknown})
        return cast(dict[str, Any], checked.validated_data)

    def page(
        self,
        request: Request,
        rows: QuerySet[Any],
        serializer: type[BaseSerializer[Any]],
        context: dict[str, Any] | None = None,
    ) -> Response:
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows, request, self)
        reader = serializer(context=context) if context else shared(serializer)
        return paginator.get_paginated_response([reader.to_representation(row) for row in found or ()])

    def wants_reveal(self, request: Request) -> bool:
        """`?reveal=true`: personal data in clear. The caller records that it was asked for."""
        return request.query_params.get("reveal", "").lower() in ("true", "1")


class WholeListView(ApiView):
    """For lists that are short by their nature and come whole: no pages, no cursor."""

    pagination_class = None  # type: ignore[assignment]
