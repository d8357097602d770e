"""The words for states and verdicts, in the reader's language."""

from collections.abc import Callable, Mapping

from lienthong.dead_letters.dry_run import ExpectedOutcome
from lienthong.dead_letters.model import EditState, LetterState
from lienthong.ledger.records import Verdict
from lienthong.messages import Message, message

_VERDICTS: Mapping[Verdict, Callable[[], Message]] = {
    "received": lambda: message("received"),
    "done": lambda: message("done"),
    "dropped": lambda: message("dropped"),
    "later": lambda: message("to be retried"),
    "dead": lambda: message("dead"),
    "proposed": lambda: message("edit proposed"),
    "edited": lambda: message("edit approved"),
    "refused": lambda: message("edit refused"),
    "replayed": lambda: message("replayed"),
    "discarded": lambda: message("discarded"),
}
_STATES: Mapping[LetterState, Callable[[], Message]] = {
    "parked": lambda: message("parked"),
    "replayed": lambda: message("replayed"),
    "discarded": lambda: message("discarded"),
}
_EDIT_STATES: Mapping[EditState, Callable[[], Message]] = {
    "proposed": lambda: message("waits for approval"),
    "approved": lambda: message("approved"),
    "refused": lambda: message("refused"),
    "superseded": lambda: message("replaced by another edit"),
}
_OUTLOOKS: Mapping[ExpectedOutcome, Callable[[], Message]] = {
    "deliver": lambda: message("will be delivered again"),
    "done": lambda: message("accepted by the route now"),
    "dropped": lambda: message("dropped by the route now"),
    "later": lambda: message("not known: a lookup does not answer"),
    "dead": lambda: message("still rejected by the route"),
}


def verdict_label(verdict: Verdict) -> Message:
    """What an entry records."""
    return _VERDICTS[verdict]()


def state_label(state: LetterState) -> Message:
    """The state of a dead letter."""
    return _STATES[state]()


def edit_state_label(state: EditState) -> Message:
    """The state of an edit."""
    return _EDIT_STATES[state]()


def outlook_label(outcome: ExpectedOutcome) -> Message:
    """What a replay of a letter would come to."""
    return _OUTLOOKS[outcome]()
