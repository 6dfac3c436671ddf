"""What the API views share: the actor of the request, and pages of rows."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from msmebazaar.core.actor import Actor
from msmebazaar.core.exceptions import NotAuthenticated
from msmebazaar.core.http.pagination import KeysetPagination


class ApiView(APIView):
    """Base of every view: one call into a service or selector, then an answer."""

    pagination_class = KeysetPagination

    def actor(self, request: Request) -> Actor:
        """Who asks; the authentication put it on the request."""
        if not isinstance(request.auth, Actor):
            raise NotAuthenticated
        return request.auth

    def validated(self, serializer: type[BaseSerializer[Any]], request: Request, **kwargs: Any) -> dict[str, Any]:
        """The body as the serializer checks it; a body that is not an object is a fault too."""
        checked = serializer(data=request.data, **kwargs)
        checked.is_valid(raise_exception=True)
        return cast(dict[str, Any], checked.validated_data)

    def page(self, request: Request, rows: QuerySet[Any], serializer: type[BaseSerializer[Any]]) -> Response:
        paginator = self.pagination_class()
        found = paginator.paginate_queryset(rows, request, self)
        return paginator.get_paginated_response(serializer(found, many=True).data)
