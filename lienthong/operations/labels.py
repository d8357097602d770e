"""The words for states and verdicts, in the reader's language."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lienthong.messages import Message, message

if TYPE_CHECKING:  # what these modules import costs a command as much as its own work
    from lienthong.dead_letters.dry_run import ExpectedOutcome
    from lienthong.dead_letters.model import EditState, LetterState
    from lienthong.ledger.records import Verdict
    from lienthong.operations.sources import SourceState

_VERDICTS: "Mapping[Verdict, Callable[[], Message]]" = {
    "received": lambda: message("received"),
    "done": lambda: message("done"),
    "dropped": lambda: message("dropped"),
    "later": lambda: message("to be retried"),
    "dead": lambda: message("dead"),
    "passed": lambda: message("passed on as well"),
    "redone": lambda: message("made again"),
    "proposed": lambda: message("edit proposed"),
    "edited": lambda: message("edit approved"),
    "refused": lambda: message("edit refused"),
    "replayed": lambda: message("replayed"),
    "discarded": lambda: message("discarded"),
}
_STATES: "Mapping[LetterState, Callable[[], Message]]" = {
    "parked": lambda: message("parked"),
    "replayed": lambda: message("replayed"),
    "discarded": lambda: message("discarded"),
}
_EDIT_STATES: "Mapping[EditState, Callable[[], Message]]" = {
    "proposed": lambda: message("waits for approval"),
    "approved": lambda: message("approved"),
    "refused": lambda: message("refused"),
    "superseded": lambda: message("replaced by another edit"),
}
_OUTLOOKS: "Mapping[ExpectedOutcome, Callable[[], Message]]" = {
    "deliver": lambda: message("will be delivered again"),
    "done": lambda: message("accepted by the route now"),
    "dropped": lambda: message("dropped by the route now"),
    "later": lambda: message("not known: a lookup does not answer"),
    "dead": lambda: message("still rejected by the route"),
}

_ROLES: Mapping[str, Callable[[], Message]] = {
    "everything": lambda: message("all work"),
    "intake": lambda: message("the sources"),
    "recording": lambda: message("a recording"),
    "replay": lambda: message("a replay"),
    "until-done": lambda: message("a run until nothing is left"),
}
"""By the name with which a process is written to the status board; a stage is called by its own name."""

_SOURCE_STATES: "Mapping[SourceState, Callable[[], Message]]" = {
    "polling": lambda: message("polling"),
    "waiting": lambda: message("waiting"),
    "held": lambda: message("waits for another"),
    "never": lambda: message("not polled yet"),
    "finished": lambda: message("ended with its process"),
    "down": lambda: message("no answer"),
    "refused": lambda: message("refused"),
    "failing": lambda: message("error in its code"),
    "hanging": lambda: message("hanging"),
    "silent": lambda: message("silent"),
    "stopped": lambda: message("not polled by any process"),
    "unused": lambda: message("no route"),
    "disabled": lambda: message("disabled"),
}


def verdict_label(verdict: "Verdict") -> Message:
    """What an entry records."""
    return _VERDICTS[verdict]()


def state_label(state: "LetterState") -> Message:
    """The state of a dead letter."""
    return _STATES[state]()


def edit_state_label(state: "EditState") -> Message:
    """The state of an edit."""
    return _EDIT_STATES[state]()


def outlook_label(outcome: "ExpectedOutcome") -> Message:
    """What a replay of a letter would come to."""
    return _OUTLOOKS[outcome]()


def source_state_label(state: "SourceState") -> Message:
    """The state of a source."""
    return _SOURCE_STATES[state]()


def role_label(role: str) -> str:
    """What a process does: the work of all stages, or the one stage that it serves."""
    return _ROLES[role]() if role in _ROLES else role
