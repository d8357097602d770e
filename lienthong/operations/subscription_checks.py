"""What is asked for with a new subscription: whether it exists, can be selected by, and may be sent to."""

from collections.abc import Iterable, Mapping, Sequence

from lienthong.configuration.condition_check import compile_condition
from lienthong.configuration.faults import Mismatch, suggest
from lienthong.configuration.names import schema_class
from lienthong.configuration.question_fields import question_fields
from lienthong.errors import WrongUse
from lienthong.messages import message
from lienthong.settings import Settings
from lienthong.subscriptions.addresses import check_webhook_address
from lienthong.subscriptions.model import ChannelKind

MAX_BATCH = 1_000
"""Events of one delivery at most."""


def check_types(types: Sequence[str], settings: Settings, announced: Iterable[str]) -> tuple[str, ...]:
    """The event types, each once. Raises `WrongUse` for one that has neither a schema nor was ever announced."""
    wanted = tuple(dict.fromkeys(one.strip() for part in types for one in part.split(",") if one.strip()))
    known = sorted({*settings.bus.types, *announced})
    if not wanted:
        raise WrongUse(
            message("A subscription needs an event type: `--types dossier.v1`; {advice}.", advice=suggest("", known))
        )
    for one in wanted:
        if one not in known:
            raise WrongUse(
                message("There is no event type {type}; {advice}.", type=repr(one), advice=suggest(one, known))
            )
    return wanted


def fields_of(types: Sequence[str], settings: Settings) -> Mapping[str, frozenset[str]]:
    """By event type, the keys of its data, for the types whose schema states them."""
    found: dict[str, frozenset[str]] = {}
    for one in types:
        if one in settings.bus.types and (fields := question_fields(schema_class(settings.bus.types[one]))) is not None:
            found[one] = frozenset(fields)
    return found


def check_fields(fields: Sequence[str], known: Mapping[str, frozenset[str]], types: Sequence[str]) -> tuple[str, ...]:
    """The fields, each once. Raises `WrongUse` for one that none of the types has."""
    wanted = tuple(dict.fromkeys(one.strip() for part in fields for one in part.split(",") if one.strip()))
    every = {name for names in known.values() for name in names}
    for one in wanted:
        if len(known) == len(types) and one not in every:
            raise WrongUse(
                message("The events have no field {field}; {advice}.", field=repr(one), advice=suggest(one, every))
            )
    return wanted


def check_condition(text: str, known: Mapping[str, frozenset[str]], types: Sequence[str]) -> str:
    """The condition. Raises `WrongUse` for one that CEL cannot read, or that names a field none of the types has."""
    if not text.strip():
        return ""
    try:
        condition = compile_condition(text)
    except Mismatch as error:
        what, advice = error.faults[0].what, error.faults[0].advice_for()
        raise WrongUse(message("The filter cannot be used: {what} ({advice}).", what=what, advice=advice)) from None
    if len(known) == len(types):
        for key in condition.keys or ():
            check_fields([key], known, types)
    return text.strip()


def check_batch(batch: int) -> int:
    """The number of events of a delivery. Raises `WrongUse`."""
    if not 1 <= batch <= MAX_BATCH:
        raise WrongUse(message("A batch has 1 to {most} events.", most=MAX_BATCH))
    return batch


def parse_target(to: str, *, allow_private: bool) -> tuple[ChannelKind, str]:
    """The channel, and the address of a webhook. Raises `WrongUse`."""
    if to in ("queue", "pull"):
        return ("queue" if to == "queue" else "pull"), ""
    return "webhook", check_webhook_address(to, allow_private=allow_private)
