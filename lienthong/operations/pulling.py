"""Pulling: a client fetches what its subscription has not had, and acknowledges by the cursor it comes with next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lienthong.ledger.identity import LedgerIdentity
from lienthong.operations.subscriptions import SubscriptionStore, require
from lienthong.subscriptions.channel import Announced
from lienthong.subscriptions.delivery import NoteLook
from lienthong.subscriptions.model import NoSuchSubscription, Place, Subscription, parse_place
from lienthong.subscriptions.pages import read_page
from lienthong.subscriptions.ports import Step
from lienthong.subscriptions.selection import Selection

MAX_LIMIT = 1_000
"""Events of one reply at most."""


class CursorRefused(NoSuchSubscription):
    """The cursor is not one to go on from: `why` is a code. `current`: the cursor to go on from, "" for none."""

    def __init__(self, why: str, current: str) -> None:
        super().__init__(why)
        self.why = why
        self.current = current


class NotPulled(NoSuchSubscription):
    """The subscription is sent its events, or is paused, or has ended."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """Events, the cursor after them, and whether more are there now."""

    events: Sequence[Announced]
    cursor: str
    more: bool


class Puller:
    """Serves the subscriptions `--to pull`. Any number of threads may use it."""

    def __init__(
        self,
        store: SubscriptionStore,
        make_selection: Callable[[Subscription], Selection],
        note_look: NoteLook,
    ) -> None:
        self._store = store
        self._make_selection = make_selection
        self._note_look = note_look
        self._identity: LedgerIdentity | None = None

    def acknowledge(self, name: str, client: str, after: str) -> None:
        """Record that the client has everything before the cursor `after`.

        Raises `NoSuchSubscription`, `NotPulled`, and `CursorRefused`: `cursor-unknown` for text that is no cursor of
        this ledger, `cursor-passed` for one before what was acknowledged.
        """
        one = self._pulled(name, client)
        place = self._place(one, after)
        if place == one.place:
            return
        if place < one.place:
            raise CursorRefused("cursor-passed", self._cursor(one.place))
        delivered, filtered = self._count(one, place)
        store = self._store
        with store.ledger.transaction() as transaction:
            step = Step(place, delivered, filtered)
            moved = store.subscriptions.advance(one, step, store.clock.now(), transaction)
        if not moved:  # another call of the client was quicker
            self.acknowledge(name, client, after)

    def read(self, name: str, client: str, limit: int) -> Pulled:
        """What comes next, without acknowledging anything. Raises as `acknowledge` does."""
        one = self._pulled(name, client)
        selection, announcements = self._make_selection(one), self._store.announcements
        page = read_page(
            announcements, selection, one.types, place=one.place, limit=limit, upto=announcements.settled()
        )
        if page.batch and selection.in_clear:
            with self._store.ledger.transaction() as transaction:
                self._note_look(one, len(page.batch), transaction)
        return Pulled(page.batch, self._cursor(page.end), not page.is_last)

    def _pulled(self, name: str, client: str) -> Subscription:
        one = require(self._store, name, client=client)
        if one.channel != "pull" or one.state not in ("active", "failing"):
            raise NotPulled(one.state if one.channel == "pull" else one.channel)
        return one

    def _count(self, one: Subscription, place: Place) -> tuple[int, int]:
        """How many events between its place and another one were delivered, and how many filtered out."""
        selection, delivered, filtered = self._make_selection(one), 0, 0
        for announcement in self._store.announcements.read(one.place, one.types, upto=place.number):
            first = one.place.position if announcement.number == one.place.number else 0
            for position, event in enumerate(selection.select(announcement, first), first):
                if (announcement.number, position) < place:
                    delivered, filtered = delivered + (event is not None), filtered + (event is None)
        return delivered, filtered

    def _place(self, one: Subscription, cursor: str) -> Place:
        incarnation, _, place = cursor.partition(".")
        try:
            found = parse_place(place)
        except ValueError:
            raise CursorRefused("cursor-unknown", self._cursor(one.place)) from None
        if incarnation != self._incarnation or found > Place(self._store.announcements.settled() + 1):
            raise CursorRefused("cursor-unknown", self._cursor(one.place))
        return found

    def _cursor(self, place: Place) -> str:
        """With the incarnation of the ledger: after an older state of it was restored, numbers are given again."""
        return f"{self._incarnation}.{place}"

    @property
    def _incarnation(self) -> str:
        if self._identity is None:
            self._identity = self._store.ledger.identity()
        return self._identity.incarnation
