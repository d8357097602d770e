"""What is kept and logged of the polls of a source."""

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.connectors.protocols.http import Refused
from lienthong.errors import Transient
from lienthong.intake.poll_log import PollLog
from lienthong.intake.poller import Poller
from tests.databases import open_embedded
from tests.events import DAY
from tests.unit.processing.fakes import NOT_STOPPED, ListSource


def test_an_outage_is_logged_when_it_begins_and_when_it_ends() -> None:
    clock = ReplayClock(DAY)
    polls = PollLog("igate", clock)
    with capture_logs() as logs:
        for minute in range(5):
            clock.move_to(DAY + timedelta(minutes=minute))
            polls.begin()
            polls.fail(Transient("máy chủ không trả lời"))
        clock.move_to(DAY + timedelta(minutes=5))
        polls.begin()
        polls.succeed()
        polls.begin()
        polls.succeed()
    began, ended = logs
    assert (began["event"], began["why"]) == ("source does not answer", "máy chủ không trả lời")
    assert (ended["event"], ended["after"], ended["failed_polls"]) == ("source answers again", "0:05:00", 5)
    assert ended["lost"].startswith("nothing")


def test_another_reason_is_logged_once_more_and_the_outage_began_with_the_first() -> None:
    polls = PollLog("igate", ReplayClock(DAY))
    with capture_logs() as logs:
        polls.begin()
        polls.fail(Transient("máy chủ không trả lời"))
        polls.fail(Refused("không có quyền", 403))
    assert [entry["state"] for entry in logs] == ["down", "refused"]
    assert (polls.status.trouble, polls.status.why, polls.status.trouble_since) == ("refused", "không có quyền", DAY)


def test_a_poller_counts_what_it_read_and_what_was_new(tmp_path: Path) -> None:
    clock = ReplayClock(DAY)
    database = open_embedded(tmp_path)
    broker = KombuBroker("memory://", clock, name=f"{tmp_path}")
    broker.declare(["route.a"], ())
    source = ListSource()
    poller = Poller(
        "igate", source, ("route.a",), broker=broker, ledger=SqlLedger(database, clock), clock=clock, bundle_size=3
    )
    source.names = ["a", "b", "c"]
    poller.poll(NOT_STOPPED)
    source.names = ["a", "b", "c", "d"]
    clock.move_to(DAY + timedelta(hours=1))
    poller.poll(NOT_STOPPED)
    status = poller.log.status
    assert (status.shown, status.new, status.shown_total, status.new_total) == (4, 1, 7, 4)
    assert (status.first_at, status.new_at, status.success_at) == (DAY, clock.now(), clock.now())
    assert status.running_since is None and status.trouble == ""
    source.down_after = 2
    with pytest.raises(Transient):
        poller.poll(NOT_STOPPED)
    assert (poller.log.status.trouble, poller.log.status.shown) == ("down", 2)
    database.dispose()
