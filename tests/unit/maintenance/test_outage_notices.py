"""The owner of a subscription is informed of an outage: once, with what is held, and not by what fails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.outage_notes import SqlOutageNotes
from lienthong.adapters.sql.subscriptions import SqlSubscriptions
from lienthong.errors import Rejected, Transient
from lienthong.maintenance.outage_notices import OutageNotices
from lienthong.subscriptions.model import State, Subscription, Trouble
from lienthong.subscriptions.outage_letter import Held
from lienthong.subscriptions.outages import Outage, outage_of
from tests.announcing import subscribe
from tests.databases import open_embedded
from tests.events import DAY
from tests.webhooks import webhook

HELD = Held(7, DAY, "event-1", "event-5")


class Office:
    """A ledger with the subscription `clinic`, and the mails that were sent."""

    def __init__(self, database: Engine) -> None:
        self.clock = ReplayClock(DAY)
        self.ledger = SqlLedger(database, self.clock)
        self.subscriptions = SqlSubscriptions(database)
        self.notes = SqlOutageNotes(database)
        self.mails: list[tuple[str, str, str, str]] = []
        self.failure: Exception | None = None

    def send(self, recipient: str, subject: str, text: str, *, key: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.mails.append((recipient, subject, text, key))

    def add(self, owner: str = "it@clinic.example") -> None:
        subscribe(self.ledger, self.subscriptions, url="https://clinic.example/")
        found = self.subscriptions.find("clinic")
        assert found
        with self.ledger.transaction() as transaction:
            self.subscriptions.remove("clinic", transaction)
            self.subscriptions.add(replace(found, owner=owner), transaction)

    def fail(self, failures: int, state: State = "failing", *, since: timedelta = timedelta()) -> None:
        found = self.subscriptions.find("clinic")
        assert found
        again_at = None if state == "paused" else DAY + timedelta(minutes=5)
        with self.ledger.transaction() as transaction:
            self.subscriptions.change_state("clinic", "active", "", transaction)
            trouble = Trouble(failures, DAY + since, again_at, "the receiver answers with HTTP 503")
            self.subscriptions.note_trouble(found, trouble, state, transaction)

    def look(self, *, has_mail: bool = True) -> int:
        send = self.send if has_mail else None
        notices = OutageNotices(
            self.subscriptions, self.notes, self.ledger, self.clock, send=send, held_for=lambda _: HELD
        )
        return notices.run()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    database = open_embedded(tmp_path)
    yield Office(database)
    database.dispose()


def _trouble(failures: int, *, again: bool = True) -> Trouble:
    return Trouble(failures, DAY, DAY if again else None, "why")


@pytest.mark.parametrize(
    ("state", "trouble", "kind"),
    [
        ("active", Trouble(), None),
        ("failing", _trouble(1), None),
        ("failing", _trouble(2), "failing"),
        ("failing", _trouble(9), "failing"),
        ("paused", _trouble(10, again=False), "paused"),
        ("paused", _trouble(5), None),  # a person paused it meanwhile
        ("paused", Trouble(why="moves to another machine"), None),
        ("ended", Trouble(why="HTTP 410"), "ended"),
    ],
)
def test_which_state_is_an_outage(state: State, trouble: Trouble, kind: str | None) -> None:
    one: Subscription = webhook("https://clinic.example/", state=state, trouble=trouble)
    found = outage_of(one)
    assert (found and found.kind) == kind


def test_an_outage_is_one_mail_however_often_is_looked_and_however_long_it_lasts(office: Office) -> None:
    office.add()
    office.fail(1)
    assert office.look() == 0
    office.fail(2)
    assert office.look() == 1
    office.fail(7)
    assert office.look() == 0
    ((recipient, subject, text, key),) = office.mails
    assert recipient == "it@clinic.example"
    assert "clinic" in subject
    assert key.startswith("outage-")
    for part in ("clinic", "test.event", "event-1", "event-5", "7", "HTTP 503"):
        assert part in text


def test_its_end_after_the_last_attempt_is_another_and_so_is_the_next_outage(office: Office) -> None:
    office.add()
    office.fail(2)
    office.look()
    office.fail(10, "paused")
    assert office.look() == 1
    assert "resume clinic" in office.mails[-1][2]
    office.fail(2, since=timedelta(days=9))
    assert office.look() == 1
    assert len({key for *_, key in office.mails}) == 3


def test_a_mail_server_that_does_not_answer_is_tried_again_and_what_it_refuses_is_not(office: Office) -> None:
    office.add()
    office.fail(2)
    office.failure = Transient("no mail server")
    assert office.look() == office.look() == 0
    assert office.notes.list() == []
    office.failure = Rejected("no such person")
    assert office.look() == 0
    (note,) = office.notes.list()
    assert note.why == "no such person"
    assert note.outage == Outage("clinic", "failing", DAY)
    office.failure = None
    assert office.look() == 0


@pytest.mark.parametrize(("owner", "has_mail"), [("", True), ("Phòng CNTT", True), ("it@clinic.example", False)])
def test_who_cannot_be_informed_is_noted_with_the_reason(office: Office, owner: str, has_mail: bool) -> None:
    office.add(owner)
    office.fail(2)
    assert office.look(has_mail=has_mail) == 0
    (note,) = office.notes.list()
    assert note.why
    assert office.mails == []


def test_a_process_that_looks_keeps_another_from_sending_the_same(office: Office) -> None:
    office.add()
    office.fail(2)
    with office.ledger.lease("subscription-notices") as ours:
        assert ours
        assert office.look() == 0
    assert office.look() == 1


def test_what_is_known_of_a_subscription_goes_with_it(office: Office) -> None:
    office.add()
    office.fail(2)
    office.look()
    with office.ledger.transaction() as transaction:
        office.subscriptions.remove("clinic", transaction)
    assert office.notes.list() == []
