"""Events at whose tries a target seemed to be down. When others get through in between, the reason is the event."""

from collections import OrderedDict

REMEMBERED_EVENTS = 10_000
"""The number of events that are remembered, the latest ones."""


class Suspects:
    """What one worker saw since its start; after a restart an event is suspected anew."""

    def __init__(self) -> None:
        self._answers = 0
        self._failed_at: OrderedDict[str, int] = OrderedDict()

    def note_answer(self) -> None:
        """The target took something: at this moment it was not down."""
        self._answers += 1

    def is_guilty(self, event_id: str) -> bool:
        """Note that the target seemed to be down when this event was tried. True when it answered in between: since
        the try of this event before.
        """
        before = self._failed_at.pop(event_id, None)
        self._failed_at[event_id] = self._answers
        if len(self._failed_at) > REMEMBERED_EVENTS:
            self._failed_at.popitem(last=False)
        return before is not None and before < self._answers
