"""Requests with files for tests: a scan is deposited, and its body is asked for. Their settings are made by hand."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Connection, text

from lienthong import FileAnswer, NotAccepted, UploadedFile
from lienthong.envelope import Envelope
from lienthong.outcome import Done, Outcome
from lienthong.ports import Site, Transaction
from lienthong.retry import RetryPolicy
from lienthong.route import Apply, Enrich, Route
from lienthong.settings import PartSettings, RequestSettings, Settings, SinkSettings

HERE = "tests.scan_request"


class Scan(BaseModel):
    """A scan."""

    file: UploadedFile
    shelf: int = Field(description="Where it goes.", ge=0, le=1_000_000, examples=[3])
    title: str = Field("", description="What it shows.", max_length=100, pattern=r"^[^\x00-\x1f]*$")


class Kept(BaseModel):
    """What became of it."""

    scan_id: str
    digest: str


class Wanted(BaseModel):
    """Which scan."""

    digest: str = Field(max_length=100, examples=["sha256:" + "0" * 64])


def keep(envelope: Envelope) -> Envelope:
    """Some scans are refused, some are doubtful."""
    file, title = envelope.data["file"], envelope.data["title"]
    if title == "torn":
        faults = [("file", "bị rách"), ("title", "không khớp")]
        raise NotAccepted("torn", "bản quét hỏng", faults=faults, more={"verdict": {"indication": "TOTAL-FAILED"}})
    if title == "unknown code":
        raise NotAccepted("never-listed", "x")
    status = {"doubtful": 202, "odd": 207}.get(title, 201)
    answer = {"scan_id": envelope.id, "digest": file["digest"]}
    return envelope.with_data("scan.v1", {**envelope.data, "answer": answer, "answer_status": status})


def keys(envelope: Envelope) -> Sequence[str]:
    return [envelope.data["digest"]]


def give(envelope: Envelope, found: Mapping[str, Any]) -> Envelope | None:
    """The scan, when it is known."""
    named = found.get(envelope.data["digest"])
    return None if named is None else envelope.with_data("scan-read.v1", {**envelope.data, "answer": named})


class Catalogue:
    """A lookup: every body that is there is known under the name that a test sets; or any, if the test sets so."""

    file_name, media_type, knows_all = "Giấy phép số 5.pdf", "application/pdf", False

    def __init__(self, site: Site) -> None:
        self._site = site

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Any]:
        return {
            key: {"digest": key, "file_name": self.file_name, "media_type": self.media_type}
            for key in keys
            if self.knows_all or self._site.files.exists(key)
        }


class Shelf:
    """A sink that keeps which bodies there are, in a table of its own."""

    def __init__(self, site: Site) -> None:
        with site.database.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS shelf (scan_id TEXT PRIMARY KEY, digest TEXT)"))

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        for one in envelopes:
            transaction.connection.execute(
                text("INSERT INTO shelf VALUES (:id, :digest) ON CONFLICT DO NOTHING"),
                {"id": one.id, "digest": one.data["file"]["digest"]},
            )
        return [Done(one) for one in envelopes]


def on_shelf(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Which of these bodies the sink names."""
    rows = connection.execute(text("SELECT digest FROM shelf")).scalars()
    return set(rows) & set(digests)


DEPOSIT = RequestSettings(
    name="scans",
    path="/v1/scans",
    accepts=f"{HERE}.Scan",
    answers=f"{HERE}.Kept",
    within=timedelta(seconds=5),
    scope="scans",
    type="scan.v1",
    description="Deposits a scan.",
    body="multipart",
    max_bytes=100_000,
    media_types=("application/pdf", "image/png"),
    statuses=(200, 201, 202),
    location="/v1/scans/{digest}",
    problems={"torn": 400},
)
CONTENT = RequestSettings(
    name="scan-content",
    path="/v1/scans/{digest}",
    method="GET",
    accepts=f"{HERE}.Wanted",
    answers="lienthong.FileAnswer",
    within=timedelta(seconds=5),
    type="scan-read.v1",
    description="The body of a scan.",
)
assert FileAnswer


def scan_settings(*, to: Sequence[str] = ()) -> Settings:
    """Settings with both requests; what is deposited goes to these sinks."""
    steps = {"scans": (Apply(f"{HERE}.keep"),), "scan-content": (Enrich(f"{HERE}.give", f"{HERE}.keys", "catalogue"),)}
    routes = {
        one.name: Route(
            one.name, "", one.source, None, steps[one.name], tuple(to) if one is DEPOSIT else (), retry=RetryPolicy()
        )
        for one in (DEPOSIT, CONTENT)
    }
    return Settings(
        routes=routes,
        requests={one.name: one for one in (DEPOSIT, CONTENT)},
        lookups={"catalogue": PartSettings(name="catalogue", use=f"{HERE}.Catalogue")},
        sinks={name: SinkSettings(name=name, use=f"{HERE}.Shelf") for name in to},
    )
