"""What the data store finds out from the events it stores: what happened, what another system misses, what was paid."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from lienthong import Envelope, Record
from schemas.canonical import dossier_v1, payment_v1
from store import payment_matches
from store.happenings import TYPES, Happenings, Stored
from store.instants import format_instant
from store.payment_matches import PaymentMatches
from store.synchronisation.touching import Touches

_FOLLOWED = TYPES | payment_matches.TYPES


class Following:
    """Those that find something out; None for what is switched off."""

    def __init__(self, happenings: Happenings | None, touches: Touches | None, payments: PaymentMatches | None) -> None:
        self.happenings = happenings
        self.touches = touches
        self.payments = payments

    def begin(self) -> "Followed":
        """For the events of one bundle."""
        return Followed(self)


class Followed:
    """The events of one bundle as far as anything may follow from them."""

    def __init__(self, by: Following) -> None:
        self._happenings, self._touches, self._payments = by.happenings, by.touches, by.payments
        self._types = _FOLLOWED if by.happenings or by.touches or by.payments else frozenset()
        self._stored: list[Stored] = []
        if self._happenings is not None:
            self._news_since = self._happenings.since()
            self._news_since_text = format_instant(self._news_since)
        if self._touches is not None:
            self._missed_since = self._touches.since()

    def add(self, place: int, envelope: Envelope, data: Mapping[str, Any]) -> None:
        """Note an event for which there is a row."""
        if envelope.type not in self._types:
            return
        if envelope.type == dossier_v1.TYPE:
            is_news = self._happenings is not None and self._happenings.is_news(envelope, data, self._news_since_text)
            may_miss = self._touches is not None and self._touches.may_miss(envelope.source, data, self._missed_since)
            self._stored.append(Stored(place, envelope, data["code"], data if is_news else None, may_miss))
        else:
            key = "transaction" if envelope.type == payment_v1.TYPE else "code"
            self._stored.append(Stored(place, envelope, data[key], data))

    def lock(self, connection: Connection, types: Collection[str]) -> None:
        """For before any row is locked: see `PaymentMatches.lock`."""
        if self._payments is not None:
            self._payments.lock(connection, types)

    def settle(self, connection: Connection) -> None:
        """Put right what is noted, so that nothing is handed back, now or later. For after the rows."""
        if self._happenings is not None and (shown := [one for one in self._stored if one.envelope.type in TYPES]):
            self._happenings.settle(connection, self._happenings.dossiers_of(shown))
        if self._payments is not None and self._stored:
            self._payments.follow(connection, self._stored)

    def finish(self, connection: Connection) -> Iterable[tuple[int, Sequence[Record]]]:
        """Write down what follows. Returns what is handed back, with the place of its cause. For after the rows."""
        if self._happenings is not None and (shown := [one for one in self._stored if one.envelope.type in TYPES]):
            yield from self._happenings.follow(connection, shown, self._news_since).items()
        if self._touches is not None:
            self._touches.note(connection, (one for one in self._stored if one.may_miss))
        if self._payments is not None and self._stored:
            yield from self._payments.follow(connection, self._stored).items()
