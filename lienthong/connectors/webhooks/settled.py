"""What became of the events of one batch, while it is not over yet."""

from collections.abc import Iterable, Sequence

from lienthong.subscriptions.channel import Announced

_Place = tuple[int, int]


def _place(event: Announced) -> _Place:
    return event.number, event.position


class Settled:
    """Remembers which events of the current batch the receiver accepted or refused, over the attempts at it."""

    def __init__(self) -> None:
        self._batch: tuple[_Place, ...] = ()
        self._accepted: set[_Place] = set()
        self._refused: dict[_Place, tuple[str, str]] = {}

    def begin(self, batch: Sequence[Announced]) -> None:
        """Forget what was known of another batch."""
        batch_key = tuple(_place(one) for one in batch)
        if batch_key != self._batch:
            self._batch, self._accepted, self._refused = batch_key, set(), {}

    def open(self, batch: Sequence[Announced]) -> Sequence[Announced]:
        return [one for one in batch if _place(one) not in self._accepted and _place(one) not in self._refused]

    def accept(self, events: Iterable[Announced]) -> None:
        self._accepted.update(_place(one) for one in events)

    def refuse(self, event: Announced, why: str) -> None:
        self._refused[_place(event)] = event.id, why

    def forget_refused(self) -> None:
        """It was the receiver's fault: the events are sent again."""
        self._refused.clear()

    def end(self) -> tuple[frozenset[str], str]:
        """The ids of the refused events and the last reason. The batch is over."""
        refused = list(self._refused.values())
        self._batch = ()
        return frozenset(event_id for event_id, _ in refused), refused[-1][1] if refused else ""
