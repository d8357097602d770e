"""The proof of a figure of a report: its formula and the events behind it, each of which has a trail."""

import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from lienthong.errors import WrongUse
from lienthong.masking import mask_text
from lienthong.messages import message
from lienthong.ports import Ledger
from lienthong.report import Document

ALL_FIGURES = "list"
"""What a person writes for a figure to see the paths of all."""

_CLOSE = 5


class ProvenEvent(NamedTuple):
    """One event behind a figure. `received_at` is None, the texts "", when the ledger does not have the event."""

    id: str
    source: str
    subject: str
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """The events that a numerator or a denominator counts.

    `digest` is the SHA-256 of their ids, sorted, each followed by a line feed, in UTF-8. `events` are the first of
    them, in the order of the ids.
    """

    count: int
    digest: str
    events: Sequence[ProvenEvent]


@dataclass(frozen=True, slots=True)
class Proof:
    """How a figure came about.

    `value` is what the payload has at its path; a list in it is shown as its length, and an object in it is left out.
    """

    report: str
    period: str
    figure: str
    value: Any
    formula: str
    numerator: Evidence
    denominator: Evidence | None


def prove(document: Document, figure: str, ledger: Ledger, *, report: str, limit: int) -> Proof:
    """The proof of the figure with this path, with the first `limit` events of each side, 0 for all.

    Raises `WrongUse` when the report has no such figure.
    """
    found = document.figures.get(figure)
    if found is None:
        raise WrongUse(_unknown(document, figure, report))
    return Proof(
        report,
        document.period,
        figure,
        value_at(document.payload, figure),
        found.formula,
        _evidence(found.numerator, ledger, limit),
        None if found.denominator is None else _evidence(found.denominator, ledger, limit),
    )


def figure_paths(document: Document, report: str) -> Sequence[str]:
    """The paths of all figures that can be proved, sorted. Raises `WrongUse` when the report has none."""
    if not document.figures:
        raise WrongUse(_unknown(document, ALL_FIGURES, report))
    return sorted(document.figures)


def digest(event_ids: Iterable[str]) -> str:
    """The SHA-256 of the ids, sorted, each followed by a line feed."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(event_ids)).encode()).hexdigest()


def value_at(payload: Any, path: str) -> Any:
    """What the payload has at a path; None when it has nothing there.

    A key may have dots itself, such as the code of a unit. An object in a list is found by any of its texts.
    """
    parts = path.split(".")
    for end in range(len(parts), 0, -1):
        key, rest = ".".join(parts[:end]), ".".join(parts[end:])
        for inner in _named(payload, key):
            value = value_at(inner, rest) if rest else _flat(inner)
            if value is not None:
                return value
    return None


def proof_json(proof: Proof) -> dict[str, Any]:
    """The same for programs; `received_at` is UTC in ISO 8601."""
    return {
        "report": proof.report,
        "period": proof.period,
        "figure": proof.figure,
        "value": proof.value,
        "formula": proof.formula,
        "numerator": _evidence_json(proof.numerator),
        "denominator": _evidence_json(proof.denominator) if proof.denominator else None,
    }


def _evidence_json(evidence: Evidence) -> dict[str, Any]:
    events = [
        {**one._asdict(), "received_at": one.received_at.isoformat() if one.received_at else None}
        for one in evidence.events
    ]
    return {"count": evidence.count, "digest": evidence.digest, "events": events}


def _evidence(event_ids: Sequence[str], ledger: Ledger, limit: int) -> Evidence:
    shown = islice(sorted(event_ids), limit or None)
    return Evidence(len(event_ids), digest(event_ids), [_event(one, ledger) for one in shown])


def _event(event_id: str, ledger: Ledger) -> ProvenEvent:
    # A trail is asked by a subject, too: an entry of another event may lie in it.
    entry = next((one for one in ledger.trail(event_id) if one.event_id == event_id), None)
    if entry is None:
        return ProvenEvent(event_id, "", "", None)
    return ProvenEvent(event_id, entry.source, mask_text(entry.subject), entry.received_at)


def _named(payload: Any, key: str) -> Iterable[Any]:
    if isinstance(payload, Mapping):
        return [payload[key]] if key in payload else []
    if isinstance(payload, list | tuple):
        return [one for one in payload if isinstance(one, Mapping) and key in one.values()]
    return []


def _flat(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _flat(one) for key, one in value.items() if not isinstance(one, Mapping)}
    if isinstance(value, list | tuple):
        return len(value)
    return mask_text(value) if isinstance(value, str) else value


def _unknown(document: Document, figure: str, report: str) -> str:
    if not document.figures:
        return message("The report {report} states no proof of its figures.", report=report)
    close = difflib.get_close_matches(figure, document.figures, _CLOSE, 0.5)
    if not close:
        return message(
            "The report {report} has no figure {figure}; `--explain list` lists all of them.",
            report=report,
            figure=figure,
        )
    return message(
        "The report {report} has no figure {figure}; close to it: {names}. `--explain list` lists all of them.",
        report=report,
        figure=figure,
        names=", ".join(close),
    )
