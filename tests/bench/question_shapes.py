"""The question and the answer of the measurement, its lookup and its steps: is this person in the register?"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import text

from lienthong import Envelope, Rejected, Site

TABLE = "bench_register"

SELECT_ONE = f"SELECT agency FROM {TABLE} WHERE person = %s"  # noqa: S608 - the name comes from the code
INSERT_ONE = "INSERT INTO bench_answers (asked_at, person, agency) VALUES (now(), %s, %s) RETURNING number"

MAKE = f"""
CREATE TABLE {TABLE} (person text PRIMARY KEY, agency text NOT NULL);
INSERT INTO {TABLE} SELECT 'p' || n, 'agency ' || n % 159 FROM generate_series(1, :people) AS n;
CREATE TABLE bench_answers (
    number bigserial PRIMARY KEY, asked_at timestamptz NOT NULL, person text NOT NULL, agency text);
"""  # noqa: S608 - see above


class Question(BaseModel):
    """Who files."""

    person: str = Field(max_length=40)
    procedure: str = Field(max_length=40)
    agency: str = Field(max_length=80)


class Answer(BaseModel):
    """What is known of the person."""

    check_id: str
    civil_servant: bool
    staff_agency: str | None
    notify: bool


class Register:
    """The lookup: one indexed select for all persons of a bundle."""

    def __init__(self, site: Site) -> None:
        self._database = site.database
        self._select = text(f"SELECT person, agency FROM {TABLE} WHERE person = ANY(:people)")  # noqa: S608 - see above

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Any]:
        with self._database.connect() as connection:
            once = connection.execution_options(isolation_level="AUTOCOMMIT")
            return {row.person: row.agency for row in once.execute(self._select, {"people": list(keys)})}


def person_key(envelope: Envelope) -> Sequence[str]:
    return [envelope.data["person"]]


def answer(envelope: Envelope, found: Mapping[str, Any]) -> Envelope | None:
    if envelope.data["person"] == "none":
        return None
    if not envelope.data["person"].startswith("p"):
        raise Rejected("no person", field="person")
    agency = found.get(envelope.data["person"])
    known = {"check_id": envelope.id, "civil_servant": agency is not None, "staff_agency": agency}
    return envelope.with_data(envelope.type, {**envelope.data, "answer": known | {"notify": agency is not None}})
