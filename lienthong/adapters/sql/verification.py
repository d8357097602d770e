"""Verification of the ledger: blocks are recomputed from their rows, postings from their entries, ids from bodies."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from lienthong.adapters.sql import (
    announcement_check,
    body_check,
    chain_check,
    cursor_check,
    edit_check,
    letter_check,
    recent_check,
    sum_check,
)
from lienthong.adapters.sql.marks import Marks, marked_at, write_marks
from lienthong.errors import Transient
from lienthong.ports import Transaction

log = structlog.get_logger(__name__)

VERIFIED = "verified"
"""The purpose of the marks up to which the chains were verified without a fault."""


def verify(connection: Connection, seen: Sequence[str] = ()) -> Iterator[str]:
    """Every fault, as a sentence for the reader that names its place. Memory use does not grow with the ledger.

    `seen`: hashes of blocks that were noted outside of the ledger. A ledger that was emptied, or rewritten from some
    block on, is consistent in every other way, but lacks these blocks.
    """
    yield from chain_check.verify(connection)
    yield from chain_check.verify_seen(connection, seen)
    yield from body_check.verify(connection)
    yield from cursor_check.verify(connection)
    yield from letter_check.verify(connection)
    yield from edit_check.verify(connection)
    yield from sum_check.verify(connection)
    yield from announcement_check.verify(connection)
    yield from recent_check.verify_marks(connection, VERIFIED)


def verify_since(connection: Connection, seen: Sequence[str] = ()) -> Iterator[str]:
    """The same for what was written since the last verification, if there was one.

    Of what was verified before, only the head of each chain is looked at: it must be there, unchanged.
    """
    if not recent_check.has_marks(connection, VERIFIED):
        yield from verify(connection, seen)
        return
    yield from chain_check.verify_seen(connection, seen)
    yield from recent_check.verify(connection, VERIFIED)
    yield from announcement_check.verify(connection, marked_at(connection, VERIFIED))


def mark_verified(transaction: Callable[[], AbstractContextManager[Transaction]], heads: Marks, at: datetime) -> None:
    """Note that everything up to these heads is verified; one that must not be written to is so all the same."""
    try:
        with transaction() as opened:
            write_marks(opened.connection, VERIFIED, heads, at)
    except (DBAPIError, Transient) as error:
        log.warning("it could not be noted what is verified", error=type(error).__name__)
