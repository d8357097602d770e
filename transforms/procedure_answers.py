"""The steps that answer what holds for a procedure on a day (`schemas.requests.procedures`)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from lienthong import Envelope, Found
from transforms.counter_checks import online_of
from transforms.moments import local_date
from transforms.procedures import national_code

CATALOGUE = "catalogue"


def version_on(versions: Iterable[Mapping[str, Any]], day: date) -> Mapping[str, Any] | None:
    """The version that is in force on a local day: of those that have taken effect, the newest.

    A version is a mapping with the fields of `schemas.canonical.procedure_v1.Procedure`, `effective_from` as
    `2024-01-14`.
    """
    in_force = [version for version in versions if version["effective_from"] <= day.isoformat()]
    return max(in_force, key=lambda version: str(version["effective_from"]), default=None)


def code(envelope: Envelope) -> tuple[str, ...]:
    """The national code of the procedure."""
    return (national_code(envelope.data["code"]),)


def what_is_read(_: Envelope) -> tuple[str, ...]:
    """What an answer stands on."""
    return (CATALOGUE,)


def answer(envelope: Envelope, found: Found) -> Envelope | None:
    """The version of the day, or None when the catalogue has none. `found` maps a national code to its versions."""
    data = envelope.data
    day = date.fromisoformat(data["on"]) if data.get("on") else local_date(envelope.time)
    version = version_on(found.get(code(envelope)[0], ()), day)
    if version is None:
        return None
    given = {
        "code": code(envelope)[0],
        "name": version["name"],
        "field": version["field"],
        "on": day.isoformat(),
        "effective_from": version["effective_from"],
        "online_level": online_of(version["online_level"]),
        "authentication_level": version["authentication_level"],
        "components": version["components"],
        "results": version["results"],
    }
    return envelope.with_data(envelope.type, {**data, "answer": given})


def date_answer(envelope: Envelope, found: Found) -> Envelope:
    """State when the catalogue was last read (ISO 8601 text), None when it never was. It comes after `answer`."""
    data = envelope.data
    return envelope.with_data(envelope.type, {**data, "answer": {**data["answer"], "data_as_of": found.get(CATALOGUE)}})
