"""Connectors whose class raises when it is made: they cost themselves, and the process starts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import structlog

from lienthong.configuration.faults import Mismatch
from lienthong.envelope import Envelope
from lienthong.errors import Misconfigured, WrongUse, pass_interrupt_on
from lienthong.outcome import Outcome
from lienthong.ports import Cursor, Page, Receipt, Transaction

log = structlog.get_logger(__name__)


class StandIn:
    """Stands for a connector that could not be made. Each use tries to make it, and raises what its class raises.

    So a source backs off with its reason, an inbox refuses each push, and the events of a sink or a lookup wait.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._connector: Any = None

    def poll(self, cursor: Cursor) -> Iterable[Page]:
        """The pages of the source."""
        pages: Iterable[Page] = self._get().poll(cursor)
        return pages

    def receive(self, body: bytes, headers: Mapping[str, str]) -> Receipt:
        """What a push to the inbox holds."""
        receipt: Receipt = self._get().receive(body, headers)
        return receipt

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        """The outcomes of the sink."""
        outcomes: Sequence[Outcome] = self._get().deliver(envelopes, transaction)
        return outcomes

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Any]:
        """The answer of the lookup."""
        found: Mapping[str, Any] = self._get().find_many(keys)
        return found

    def _get(self) -> Any:
        if self._connector is None:
            self._connector = self._make()
        return self._connector


def make_or_stand_in(name: str, make: Callable[[], Any]) -> Any:
    """What `make` returns, or a `StandIn` when it fails.

    Faults of the configuration are raised: `Mismatch`, `Misconfigured` and `WrongUse`.
    """
    try:
        return make()
    except (Mismatch, Misconfigured, WrongUse):
        raise
    except BaseException as error:  # noqa: BLE001 - the project's own code may raise anything
        pass_interrupt_on(error)
        log.error("a connector could not be made", connector=name, error=type(error).__name__)
        return StandIn(make)
