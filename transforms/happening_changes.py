"""What is announced of the happenings of a dossier: what is new of it, and what an announced fact has become."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from schemas.canonical.dossier_happened_v1 import Change
from transforms.happenings import MOMENTS, Fact, FactKey, Facts, Shown

State = Literal["announced", "known", "retracted"]
"""What is known of a fact: it was announced; it was there before happenings were; it was announced, and no version
bears it out any longer. What is too old to be announced is not noted at all."""


class Known(NamedTuple):
    """A fact as it was last noted."""

    at: datetime
    appointment_at: datetime | None
    state: State


class Noted(NamedTuple):
    """A fact to note. `change` is what is announced of it, None for nothing.

    `previous_at`: when it had happened by the announcement before. `is_first`: nothing was noted of it yet.
    """

    fact: Fact
    state: State
    change: Change | None = None
    previous_at: datetime | None = None
    is_first: bool = False


def compare(
    facts: Facts, known: Mapping[FactKey, Known], newest: Shown, *, before: Callable[[], Facts], since: datetime
) -> Sequence[Noted]:
    """What is to be noted of a dossier, in the order in which it happened. `newest` is its newest version.

    `before` gives the facts that the store had before there were any happenings of this dossier; they are not
    announced. Neither is what happened before `since`.
    """
    changed = {
        key: fact
        for key, fact in facts.items()
        if (fact.at >= since if key not in known else not is_same(fact, known[key]))
    }
    gone = [key for key, was in known.items() if was.state == "announced" and key not in facts]
    if not changed and not gone:  # the usual case
        return ()
    silent: Facts = {} if known else before()
    noted = [_note(fact, known.get(key), is_silent=_is_in(silent, fact)) for key, fact in changed.items()]
    noted += [_retraction(key, known[key], newest) for key in gone]
    return sorted(noted, key=lambda one: (one.fact.at, one.fact.key))


def settle(facts: Facts, known: Mapping[FactKey, Known], newest: Shown, *, since: datetime) -> Sequence[Noted]:
    """What is to be noted of a dossier whose versions were made again, so that nothing is announced, now or later.

    What was announced stays so, with its new moment. What is new of it counts as known from the beginning, unless it
    happened before `since` and before all that is known of the dossier.
    """
    since = min((since, *(was.at for was in known.values())))
    noted = [
        Noted(fact, _settled(known.get(key)), is_first=key not in known)
        for key, fact in facts.items()
        if (fact.at >= since if key not in known else not is_same(fact, known[key]))
    ]
    gone = [key for key, was in known.items() if was.state == "announced" and key not in facts]
    return [*noted, *(_retraction(key, known[key], newest)._replace(change=None) for key in gone)]


def _settled(was: Known | None) -> State:
    return "known" if was is None or was.state == "retracted" else was.state


def is_before(shown: Shown, since: datetime, *, dated: bool) -> bool:
    """Whether all that a version can show happened before `since`. `dated`: see `happenings.derive`."""
    dates = (shown.changed_at if dated else shown.seen_at, *filter(None, shown.moments.values()))
    return max(dates) < since and not shown.data.get("supplements")


_SECONDS = 19
"""Characters of an instant up to its seconds."""


def is_plainly_before(data: Mapping[str, Any], since: str) -> bool:
    """Whether a dossier with a date of change shows nothing since then, which its texts alone tell.

    `since`: an instant as `dossier.v1` writes it. False also where the texts do not tell it; then see `is_before`.
    Reading the moments costs ten times as much, and the first reading of a source brings years of history.
    """
    since = since[:_SECONDS]
    for name in ("updated_at", *MOMENTS):
        text = data.get(name)
        if text is not None and not (text.__class__ is str and text[-1:] == "Z" and text[:_SECONDS] < since):
            return False
    return not data.get("supplements")


def is_same(fact: Fact, was: Known) -> bool:
    """Whether a fact is what was noted of it."""
    return (
        fact.at == was.at
        and was.state != "retracted"
        and (fact.happening != "reappointed" or fact.appointment_at == was.appointment_at)
    )


def _is_in(silent: Facts, fact: Fact) -> bool:
    """Whether the store had a fact as it is. One whose wrong date is put right now was not there."""
    was = silent.get(fact.key)
    return was is not None and was.at == fact.at


def _note(fact: Fact, was: Known | None, *, is_silent: bool) -> Noted:
    if was is None:
        return Noted(fact, "known", is_first=True) if is_silent else Noted(fact, "announced", "new", is_first=True)
    if was.state == "known":
        return Noted(fact, "known")
    return Noted(fact, "announced", "corrected", was.at)


def _retraction(key: FactKey, was: Known, newest: Shown) -> Noted:
    happening, occurrence = key
    fact = Fact(
        *(happening, occurrence, was.at, was.at, newest.id, newest.seen_at),
        *(None, newest.status, was.appointment_at, None, False),
    )
    return Noted(fact, "retracted", "retracted", was.at)


_OF_DOSSIER = (
    *("agency", "agency_name", "procedure", "procedure_name", "channel", "other_code"),
    *("applicant", "identity", "phone", "email"),
)


def event_data(noted: Noted, newest: Shown, *, source: str, code: str) -> dict[str, Any]:
    """The data of the event that announces a fact, as `DossierHappened` has it. `newest` is the newest version."""
    fact, data = noted.fact, newest.data
    return {
        "dossier": code,
        "source": source,
        "happening": fact.happening,
        "occurrence": fact.occurrence,
        "at": _text(fact.at),
        "change": noted.change,
        "previous_at": _text(noted.previous_at),
        "from": fact.before,
        "to": fact.after,
        **{name: data.get(name) for name in _OF_DOSSIER},
        "appointment_at": _text(fact.appointment_at),
        "previous_appointment_at": _text(fact.previous_appointment_at),
        "source_notifies": fact.source_notifies,
        "version": fact.version,
        "seen_at": _text(fact.seen_at),
    }


def event_key(noted: Noted, *, source: str, code: str) -> str:
    """The natural key of the event: of a correction with its moment, since there may be several."""
    key = f"{code}/{source}/{noted.fact.happening}/{noted.fact.occurrence}"
    return key if noted.change == "new" else f"{key}/{noted.change}/{_text(noted.fact.at)}"


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
