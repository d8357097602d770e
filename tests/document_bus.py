"""A live bus of the store of documents, in processes of its own: `lienthong run` and `lienthong serve`."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, text

from lienthong.adapters.sql.database import open_database
from lienthong.runtime.endpoints import Endpoints
from tests.command_line import lienthong
from tests.reduced_project import copy_routes
from tests.services.processes import Process, change_yaml
from tests.serving import Serving
from tests.signed_documents import signed_file

ROUTES = ("document-uploads", "document-rechecks", "document-details", "document-notices")
CITIZEN = "052085001234"


class DocumentBus:
    """One process that runs everything, which may be killed and started again, and one that answers."""

    def __init__(self, folder: Path, trust: Path, *, routes: Sequence[str] = ROUTES, **environment: str) -> None:
        root = copy_routes(folder / "project", *routes)
        if "document-rechecks" in routes:
            change_yaml(root / "config/sources/document-rechecks.yaml", every="1s")
        self._environment = {"LIENTHONG_PROJECT": str(root), "LIENTHONG_TRUST": str(trust), **environment}
        self.running = Process("bus", [], folder, self._environment)
        self.data = folder / "bus"
        self._command("migrate")

    @contextmanager
    def client(
        self, name: str = "motcua", *options: str, scopes: Sequence[str] = ("documents",)
    ) -> Iterator[httpx.Client]:
        """A new client of the bus, beside a process that answers it."""
        named = [word for scope in scopes for word in ("--scope", scope)]
        added = self._command("access", "client", "add", name, *named, *options, "--rate", "1000/s", "--json")
        serving = Serving(self.data, **self._environment)
        headers = {"Authorization": f"Bearer {json.loads(added)['key']}"}
        try:
            with httpx.Client(base_url=serving.address, headers=headers, timeout=60) as client:
                yield client
        finally:
            serving.end()

    @contextmanager
    def database(self) -> Iterator[Engine]:
        url = self._environment.get("LIENTHONG_DATABASE", "")
        database = open_database(Endpoints(self.data, database=url).database_url())
        try:
            yield database
        finally:
            database.dispose()

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in the tables of the store."""
        with self.database() as database, database.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def change(self, statement: str, **values: Any) -> None:
        """Change tables of the store."""
        with self.database() as database, database.begin() as connection:
            connection.execute(text(statement), values)

    def _command(self, *arguments: str) -> str:
        result = lienthong(*arguments, "--data", self.data, **self._environment)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout


def upload(client: httpx.Client, signers: Sequence[str], name: str, **metadata: Any) -> httpx.Response:
    """Put a file of these signers into the store, by default as a birth certificate."""
    given = {"citizen_id": CITIZEN, "result_code": "KQ.G15.000031", "agency": "H08.17", **metadata}
    form = {
        "file": ("giay-to.pdf", signed_file(signers, name), "application/pdf"),
        "metadata": (None, json.dumps(given), "application/json"),
    }
    return client.post("/v1/documents", files=form)


def open_document(client: httpx.Client, document_id: str) -> Mapping[str, Any]:
    """A document with its history."""
    reply = client.get(f"/v1/documents/{document_id}")
    assert reply.status_code == 200, reply.text
    return dict(reply.json())
