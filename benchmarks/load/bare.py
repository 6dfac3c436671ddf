"""A bare Django view that runs the statements a route of ours runs, and answers with their rows. `BASELINE_SQL`: the JSON file."""

import json
import os
from pathlib import Path

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path

STATEMENTS: dict[str, list[str]] = json.loads(Path(os.environ["BASELINE_SQL"]).read_text())


def answer(_request: HttpRequest, name: str) -> JsonResponse:
    data = []
    with connection.cursor() as cursor:
        for statement in STATEMENTS[name]:
            cursor.execute(statement)
            names = [column.name for column in cursor.description or ()]
            data.append([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])
    return JsonResponse({"data": data}, json_dumps_params={"default": str})


urlpatterns = [path("<str:name>", answer)]
application = get_wsgi_application()
