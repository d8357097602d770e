"""What a question costs without a bus: FastAPI, psycopg, one indexed select and one insert, committed.

python -m tests.bench.bare_endpoint DATABASE-URL PORT
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import uvicorn
from fastapi import FastAPI

from tests.bench.question_shapes import INSERT_ONE, SELECT_ONE, Answer, Question

CONNECTIONS = 8


def make_app(url: str) -> FastAPI:
    free: asyncio.Queue[psycopg.AsyncConnection] = asyncio.Queue()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opened = [await psycopg.AsyncConnection.connect(url) for _ in range(CONNECTIONS)]
        for connection in opened:
            free.put_nowait(connection)
        yield
        for connection in opened:
            await connection.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/v1/bench-checks")
    async def check(question: Question) -> Answer:
        connection = await free.get()
        try:
            found = await (await connection.execute(SELECT_ONE, (question.person,))).fetchone()
            agency = found[0] if found else None
            kept = await (await connection.execute(INSERT_ONE, (question.person, agency))).fetchone()
            await connection.commit()
        finally:
            free.put_nowait(connection)
        assert kept is not None
        known = agency is not None
        return Answer(check_id=str(kept[0]), civil_servant=known, staff_agency=agency, notify=known)

    return app


def main(url: str, port: str) -> None:
    uvicorn.run(make_app(url), host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
