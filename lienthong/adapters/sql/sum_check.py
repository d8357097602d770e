"""Verification of the kept sums: each is what all entries and postings add up to."""

from collections.abc import Iterator

from sqlalchemy import Connection

from lienthong.adapters.sql.sums import read_sums
from lienthong.messages import message


def verify(connection: Connection) -> Iterator[str]:
    """Every kept sum that is not what the ledger adds up to."""
    kept = read_sums(connection)
    if not kept.marked:
        return
    counted = read_sums(connection, kept=False)
    for key in sorted(kept.amounts.keys() | counted.amounts.keys()):
        if kept.amounts[key] != counted.amounts[key]:
            yield message(
                "the kept sum “{name}” of {source} {day} is {kept}, but the ledger adds up to {counted}",
                name=key.name,
                source=key.source,
                day=key.day,
                kept=kept.amounts[key],
                counted=counted.amounts[key],
            )
