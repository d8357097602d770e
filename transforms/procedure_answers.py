"""The steps that answer what holds for a procedure on a day (`schemas.requests.procedures`)."""

from datetime import date

from lienthong import Envelope, Found
from transforms.counter_checks import online_of
from transforms.moments import local_date
from transforms.procedures import national_code

CATALOGUE = "catalogue"


def procedure(envelope: Envelope) -> tuple[str, ...]:
    """The procedure on the local day that is asked about: `1.000656@2024-01-14`."""
    return (f"{national_code(envelope.data['code'])}@{_day(envelope)}",)


def what_is_read(_: Envelope) -> tuple[str, ...]:
    """What an answer stands on."""
    return (CATALOGUE,)


def answer(envelope: Envelope, found: Found) -> Envelope | None:
    """The version in force on the day, or None when the catalogue has none. `found`: `store.procedures_in_force`."""
    data = envelope.data
    version = found.get(procedure(envelope)[0])
    if version is None:
        return None
    given = {
        "code": version["code"],
        "name": version["name"],
        "field": version["field"],
        "on": _day(envelope).isoformat(),
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


def _day(envelope: Envelope) -> date:
    on = envelope.data.get("on")
    return date.fromisoformat(on) if on else local_date(envelope.time)
