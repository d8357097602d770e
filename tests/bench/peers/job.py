"""What the peers share: the shape they validate, the register in memory, the statements, the names of the queues."""

import os
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pika
import psycopg
from pydantic import BaseModel
from sqlalchemy import make_url

from tests.bench.dossiers import dossier, register

BROKER = os.environ.get("BENCH_BROKER", "amqp://guest:guest@localhost/")
DATABASE = make_url(os.environ.get("BENCH_DATABASE", "postgresql://localhost/")).set(drivername="postgresql")
DATABASE_URL = DATABASE.render_as_string(hide_password=False)

QUEUE, SUBSCRIBER = "bench.dossiers", "bench.subscriber"
QUORUM = {"x-queue-type": "quorum"}
PREFETCH = 200
CONNECTIONS = 10


class Named(BaseModel):
    name: str


class Procedure(BaseModel):
    code: str
    translate: str


class Agency(BaseModel):
    code: str
    name: str


class ApplicantData(BaseModel):
    identityNumber: str  # noqa: N815 - as iGate writes it
    fullname: str


class Applicant(BaseModel):
    data: ApplicantData


class Accepter(BaseModel):
    fullname: str


class Status(BaseModel):
    id: int
    name: str


class Dossier(BaseModel):
    """A dossier as it waits in the queue."""

    code: str
    procedure: Procedure
    procedureLevel: Named  # noqa: N815 - as iGate writes it
    dossierStatus: Status  # noqa: N815 - the same
    agency: Agency
    applyMethod: Named  # noqa: N815 - the same
    appliedDate: datetime  # noqa: N815 - the same
    acceptedDate: datetime  # noqa: N815 - the same
    appointmentDate: datetime  # noqa: N815 - the same
    applicant: Applicant
    accepter: Accepter


class Tag(BaseModel):
    staff_no: str
    agency: str
    category: str


class Enriched(Dossier):
    """The same with who filed it."""

    civil_servant: Tag | None = None


_SERVANTS = {
    row["identity"]: Tag(staff_no=row["staff_no"], agency=row["agency"], category=row["category"]) for row in register()
}


def enriched(dossier: Dossier) -> Enriched:
    """Tagged with the civil servant who filed it, if one did."""
    fields = {name: getattr(dossier, name) for name in Dossier.model_fields}
    return Enriched.model_construct(civil_servant=_SERVANTS.get(dossier.applicant.data.identityNumber), **fields)


TABLES = """
CREATE TABLE dossiers (
    code text PRIMARY KEY, procedure text NOT NULL, agency text NOT NULL, status integer, channel text,
    identity text, officer text, accepted_at timestamptz, staff_no text, data text NOT NULL);
CREATE TABLE audit (
    number bigserial PRIMARY KEY, code text NOT NULL, at timestamptz NOT NULL DEFAULT now(), what text NOT NULL);
"""

_STORE = """
INSERT INTO dossiers (code, procedure, agency, status, channel, identity, officer, accepted_at, staff_no, data)
VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {})
ON CONFLICT (code) DO UPDATE SET
    procedure = excluded.procedure, agency = excluded.agency, status = excluded.status, channel = excluded.channel,
    identity = excluded.identity, officer = excluded.officer, accepted_at = excluded.accepted_at,
    staff_no = excluded.staff_no, data = excluded.data
"""
_AUDIT = "INSERT INTO audit (code, what) VALUES ({}, {})"

STORE, AUDIT = (text.format(*["%s"] * 10) for text in (_STORE, _AUDIT))
"""For psycopg."""
STORE_NUMBERED, AUDIT_NUMBERED = (text.format(*(f"${n}" for n in range(1, 11))) for text in (_STORE, _AUDIT))
"""The same for asyncpg."""


def row(event: Enriched, text: str) -> tuple[Any, ...]:
    """What `STORE` takes; `text` is the event as JSON."""
    return (
        event.code,
        event.procedure.code,
        event.agency.code,
        event.dossierStatus.id,
        event.applyMethod.name,
        event.applicant.data.identityNumber,
        event.accepter.fullname,
        event.acceptedDate,
        event.civil_servant.staff_no if event.civil_servant else None,
        text,
    )


def create_tables() -> None:
    with psycopg.connect(DATABASE_URL, autocommit=True) as connection:
        connection.execute(TABLES)


def bodies(total: int) -> Iterable[dict[str, Any]]:
    """The waiting dossiers, the same that Lienthong gets."""
    return (dossier(number) for number in range(total))


def fill(messages: Iterable[tuple[bytes, pika.BasicProperties]], *, declared: bool = False) -> None:
    """Put durable messages into the queue, which is declared here unless the peer has `declared` it."""
    with pika.BlockingConnection(pika.URLParameters(BROKER)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()  # without, a quorum queue may lose some, and did
        channel.queue_declare(QUEUE, durable=True, passive=declared, arguments=QUORUM)
        for body, properties in messages:
            properties.delivery_mode = 2
            channel.basic_publish("", QUEUE, body, properties)
