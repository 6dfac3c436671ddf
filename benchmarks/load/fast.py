"""The same statements through FastAPI and asyncpg: the second baseline. `BASELINE_SQL`, `DATABASE_URL` as for the first."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from fastapi import FastAPI, Response

STATEMENTS: dict[str, list[str]] = json.loads(Path(os.environ["BASELINE_SQL"]).read_text())


@asynccontextmanager
async def with_pool(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=2, max_size=12)
    yield
    await app.state.pool.close()


application = FastAPI(lifespan=with_pool)


@application.get("/{name}")
async def answer(name: str) -> Response:
    async with application.state.pool.acquire() as link:
        data = [[dict(row) for row in await link.fetch(statement)] for statement in STATEMENTS[name]]
    return Response(json.dumps({"data": data}, default=str), media_type="application/json")
