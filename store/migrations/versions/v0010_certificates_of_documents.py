"""The certificates that verdicts on documents stand on, so that a list of revoked ones names what to judge again."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from alembic import op
from sqlalchemy import Column, Integer, String, inspect, text

revision = "0010"
down_revision = "0009"

_KEY = String().with_variant(String(collation="C"), "postgresql")


def upgrade() -> None:
    if inspect(op.get_bind()).has_table("store_document_certificates"):  # present, and its step not recorded
        return
    table = op.create_table(
        "store_document_certificates",
        Column("serial", _KEY, primary_key=True),
        Column("document_id", _KEY, primary_key=True),
        Column("version", Integer, primary_key=True),
    )
    found = {tuple(row.values()): row for row in _named()}
    if found:
        op.bulk_insert(table, list(found.values()))


def _named() -> Iterator[dict[str, Any]]:
    """What the verdicts that there are stand on, without the roots, which no list names."""
    verdicts = text("SELECT document_id, version, verdict FROM store_document_verdicts")
    for row in op.get_bind().execute(verdicts.execution_options(yield_per=500)):
        verdict: Mapping[str, Any] = orjson.loads(row.verdict)
        for signed in verdict.get("signatures", ()):
            for each in signed.get("chain", ())[:-1]:
                yield {"serial": each["serial"], "document_id": row.document_id, "version": row.version}
