"""How fast a receiver is called: by the rate that it allowed, and slower while it has too much to do."""

from datetime import datetime, timedelta

from lienthong.ports import Clock

_FIRST_BRAKE, _STRONGEST_BRAKE = timedelta(seconds=1), timedelta(minutes=1)


class Pace:
    """Counts the requests to one receiver. `per_minute`: what it allowed, None without a limit."""

    def __init__(self, clock: Clock, per_minute: int | None) -> None:
        self._clock = clock
        self._interval = timedelta(minutes=1) / per_minute if per_minute else timedelta()
        self._brake = timedelta()
        self._next: datetime | None = None

    def note_request(self) -> None:
        """A request is being sent. Several in a row are allowed, and are waited for afterwards."""
        now = self._clock.now()
        begin = now if self._next is None else max(self._next, now)
        self._next = begin + max(self._interval, self._brake)

    def slow_down(self) -> None:
        """The receiver has too much to do: each time the wait between two requests doubles, from 1 s to 1 min."""
        self._brake = min(max(_FIRST_BRAKE, self._brake * 2), _STRONGEST_BRAKE)

    def speed_up(self) -> None:
        """The receiver took a request: the wait is halved, and gone below a second."""
        self._brake = self._brake / 2 if self._brake >= _FIRST_BRAKE * 2 else timedelta()

    def remaining(self) -> timedelta:
        """The time until the next request may be sent, never below zero."""
        return timedelta() if self._next is None else max(self._next - self._clock.now(), timedelta())
