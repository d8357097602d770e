"""A request for tests: how many pages a novel has, and who holds it. Its settings are made by hand."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from lienthong.envelope import Envelope
from lienthong.errors import Rejected, TooOften, Transient
from lienthong.outcome import Done, Outcome
from lienthong.ports import Site, Transaction
from lienthong.retry import RetryPolicy
from lienthong.route import Apply, Enrich, Route, Step
from lienthong.settings import PartSettings, RequestSettings, Settings, SinkSettings

HERE = "tests.novel_request"
PAGES = {"Kieu": 254, "Luc Van Tien": 180}


class Place(BaseModel):
    """Where it is read."""

    room: int = Field(description="The room.", examples=[3])


class Question(BaseModel):
    """Which novel."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"novel": "Kieu"}]})

    novel: str = Field(description="Its title.", max_length=200, pattern=r"^[^\x00-\x1f]*$")
    place: Place | None = None
    tags: list[str] = []
    weight: float = 0.0
    number: int = 0


class Answer(BaseModel):
    """What is known of it."""

    check_id: str = Field(description="The id of the event.")
    pages: int | None = Field(description="Its pages; null when it is not known.")


class Library:
    """A lookup. What it does instead of answering is set by a test, by key."""

    held: Mapping[str, threading.Event] = {}
    entered = threading.Event()
    asked: Sequence[Sequence[str]] = ()
    is_mended = False

    def __init__(self, site: Site) -> None:
        del site

    def find_many(self, keys: Sequence[str]) -> Mapping[str, Any]:
        Library.asked = [*Library.asked, tuple(keys)]
        for key in keys:
            if key in Library.held:
                Library.entered.set()
                Library.held[key].wait(10)
        if "burnt" in keys:
            raise Transient("the library is closed", after=timedelta(seconds=7))
        return {key: PAGES[key] for key in keys if key in PAGES}


class Reader:
    """A sink that keeps what it received."""

    received: Sequence[Envelope] = ()

    def __init__(self, site: Site) -> None:
        del site

    def deliver(self, envelopes: Sequence[Envelope], transaction: Transaction) -> Sequence[Outcome]:
        del transaction
        Reader.received = [*Reader.received, *envelopes]
        return [Done(one) for one in envelopes]


def keys(envelope: Envelope) -> Sequence[str]:
    return [envelope.data["novel"]]


def answer(envelope: Envelope, found: Mapping[str, Any]) -> Envelope | None:
    """Some titles go wrong."""
    title = envelope.data["novel"]
    match title:
        case "none":
            return None
        case "secret":
            raise Rejected("bị cấm", field="place.room")
        case "guessed":
            raise TooOften("hỏi quá nhiều", after=timedelta(seconds=41.5))
        case "broken" if not Library.is_mended:
            raise ZeroDivisionError
        case "mute":
            return envelope
        case "odd":
            return envelope.with_data("novel-asked.v1", {**envelope.data, "answer": {"check_id": 7, "pages": "many"}})
    known = {"check_id": envelope.id, "pages": found.get(title), "at": envelope.time}
    return envelope.with_data("novel-asked.v1", {**envelope.data, "answer": known})


def always(envelope: Envelope) -> Envelope:
    return envelope


NOVELS = RequestSettings(
    name="novels",
    path="/v1/novels",
    accepts=f"{HERE}.Question",
    answers=f"{HERE}.Answer",
    within=timedelta(seconds=5),
    scope="novels",
    type="novel-asked.v1",
    description="How many pages a novel has.",
)
SHELF = replace(NOVELS, name="shelf", path="/v1/shelves/{number}/novels/{novel}", method="GET", scope="")
NOTE = replace(NOVELS, name="note", path="/v1/novels/{novel}/notes", scope="")


def settings_of(*requests: RequestSettings, to: Sequence[str] = (), announce: bool = False, when: str = "") -> Settings:
    """Settings with these requests, each answered by the library."""
    steps: tuple[Step, ...] = (Apply(f"{HERE}.always"), Enrich(f"{HERE}.answer", f"{HERE}.keys", "library"))
    routes = {
        one.name: Route(
            one.name, "", one.source, when or None, steps, tuple(to), announce=announce, retry=RetryPolicy()
        )
        for one in requests
    }
    return Settings(
        routes=routes,
        requests={one.name: one for one in requests},
        lookups={"library": PartSettings(name="library", use=f"{HERE}.Library")},
        sinks={name: SinkSettings(name=name, use=f"{HERE}.Reader") for name in to},
    )
