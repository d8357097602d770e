"""Connectors and a step that throw exceptions at random, while the file exists that the environment names.

They are the province's own ones otherwise. No exception here is one that the engine declares: any code may throw them.
"""

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from connectors.sources.igate import Igate
from lienthong import Cursor, Envelope, Outcome, Page, Transaction
from store.civil_servants import CivilServants
from store.writer import DataStore

VARIABLE = "LIENTHONG_CHAOS_EXCEPTIONS"

SHARES: Mapping[str, float] = {"source": 0.03, "transform": 0.1, "lookup": 0.3, "sink": 0.3}
"""How many of the pages, events, questions and bundles an exception is thrown for."""


class Unprintable(Exception):  # noqa: N818 - it names what is wrong with it
    """Its text cannot be read."""

    def __str__(self) -> str:
        raise ValueError("no text")


def _wrong_bytes() -> Exception:
    return UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")


KINDS: Sequence[Callable[[], BaseException]] = (
    lambda: ValueError("a \x00 and \ud800"),
    lambda: KeyError("key"),
    TypeError,
    lambda: ZeroDivisionError("division by zero"),
    lambda: RecursionError("too deep"),
    MemoryError,
    lambda: OSError(28, "No space left on device"),
    lambda: TimeoutError("too late"),
    AssertionError,
    StopIteration,
    lambda: SystemExit(3),
    lambda: Unprintable("text"),
    _wrong_bytes,
)


def throw_sometimes(place: str) -> None:
    """Throw one of `KINDS`, for the share of `place`, while exceptions are ordered."""
    if os.path.exists(os.environ.get(VARIABLE, "")) and random.random() < SHARES[place]:  # noqa: PTH110 - called for each event; no secret
        raise random.choice(KINDS)()


def step(envelope: Envelope) -> Envelope:
    """A step of a route that changes nothing."""
    throw_sometimes("transform")
    return envelope


class ThrowingIgate(Igate):
    """See `Igate`."""

    def poll(self, cursor: Cursor) -> Iterator[Page]:
        throw_sometimes("source")
        for page in super().poll(cursor):
            throw_sometimes("source")
            yield page


class ThrowingRegister(CivilServants):
    """See `CivilServants`."""

    def find_many(self, keys: Sequence[str]) -> Mapping[str, list[dict[str, Any]]]:
        throw_sometimes("lookup")
        return super().find_many(keys)


class ThrowingStore(DataStore):
    """See `DataStore`. Half of its exceptions come when the rows are written already."""

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        throw_sometimes("sink")
        outcomes = super().deliver(envelopes, transaction)
        throw_sometimes("sink")
        return outcomes


def order_exceptions(file: Path, *, thrown: bool) -> None:
    """Let exceptions be thrown, or no longer."""
    if thrown:
        file.touch()
    else:
        file.unlink(missing_ok=True)
