"""OpenAPI: every 2xx answer in its envelope, the error envelope as the default answer, common headers named once."""

import inspect
from typing import Any

from drf_spectacular.openapi import AutoSchema

EXEMPT_PATHS = ("/api/schema/",)

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457 problem; `code` is stable, `errors` names each faulty field.",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors"],
    "properties": {
        "type": {"type": "string", "example": "/errors/not_found"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "example": "not_found"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "message")},
            },
        },
    },
}
ERROR_ENVELOPE: dict[str, Any] = {
    "type": "object",
    "required": ["success", "message", "data", "error", "request_id"],
    "properties": {
        "success": {"type": "boolean", "enum": [False]},
        "message": {"type": "string"},
        "data": {"type": "object", "nullable": True},
        "error": {"$ref": "#/components/schemas/Problem"},
        "request_id": {"type": "string"},
    },
}
PAGINATION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["next", "previous", "page_size", "count"],
    "properties": {
        "next": {"type": "string", "format": "uri", "nullable": True},
        "previous": {"type": "string", "format": "uri", "nullable": True},
        "page_size": {"type": "integer"},
        "count": {"type": "integer", "nullable": True, "description": "null above 10,000"},
    },
}
IDEMPOTENCY_PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "Any unique text. The same key with the same body returns the first answer; kept 24 hours.",
}


class BazaarSchema(AutoSchema):
    def get_tags(self) -> list[str]:
        """The first path segment after the version."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_description(self) -> str:  # type: ignore[override]
        """The view's own words; a base class's docstring is for programmers of this project."""
        return inspect.cleandoc(type(self.view).__dict__.get("__doc__") or "")

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        handler = getattr(self.view, self.method.lower(), None)
        if operation is not None and getattr(handler, "is_idempotent", False):
            operation.setdefault("parameters", []).append(IDEMPOTENCY_PARAMETER)
        return operation


def wrap_in_envelope(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular post-processing hook."""
    schemas = result["components"].setdefault("schemas", {})
    schemas |= {"Problem": PROBLEM_SCHEMA, "ErrorEnvelope": ERROR_ENVELOPE, "Pagination": PAGINATION_SCHEMA}
    for path, operations in result["paths"].items():
        if path.startswith(EXEMPT_PATHS):
            continue
        for operation in operations.values():
            responses = operation.setdefault("responses", {})
            for status, response in responses.items():
                media = response.get("content", {}).get("application/json")
                if media is not None and status.startswith("2"):  # TwiML and event streams go out as they are
                    media["schema"] = _envelope_of(media.get("schema", {}), schemas)
            responses["default"] = {
                "description": "Any refusal or failure; `error.code` tells which (docs/errors.md).",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}}},
            }
    for name in [name for name in schemas if name.startswith("Paginated")]:
        del schemas[name]
    return result


def _envelope_of(inner: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "success": {"type": "boolean", "enum": [True]},
        "message": {"type": "string"},
        "data": inner,
        "error": {"type": "object", "nullable": True},
        "request_id": {"type": "string"},
    }
    required = ["success", "message", "data", "error", "request_id"]
    name = inner.get("$ref", "").rsplit("/", 1)[-1]
    if name.startswith("Paginated"):
        properties["data"] = schemas[name]["properties"]["results"]
        properties["pagination"] = {"$ref": "#/components/schemas/Pagination"}
        required.append("pagination")
    return {"type": "object", "required": required, "properties": properties}
