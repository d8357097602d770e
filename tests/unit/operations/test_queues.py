"""Which stages no process serves, and which queues hold something aside."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from lienthong.ledger.records import StageStatus
from lienthong.operations.queues import BrokerQueue, QueueOverview, overview, overview_json
from lienthong.ports import ProcessStatus, StageCondition

SEEN = datetime(2023, 11, 1, 2, tzinfo=UTC)
STATUSES = [
    StageStatus("route.a", open_events=3, waiting=1, oldest=SEEN, done_recently=7),
    StageStatus("sink.b", open_events=0, waiting=0, oldest=None, done_recently=0),
]
QUEUES = {
    queue.name: queue
    for queue in (
        BrokerQueue("route.a.quarantine", bundles=1, consumers=0),
        BrokerQueue("route.a", bundles=2, consumers=0),
        BrokerQueue("sink.b", bundles=0, consumers=0),
        BrokerQueue("sink.b.quarantine", bundles=0, consumers=0),
        BrokerQueue("delay.5s", bundles=4, consumers=0),
    )
}
LEDGER: Any = SimpleNamespace(stages=lambda: STATUSES)
PROCESS = ProcessStatus(process="me", pid=1, host="h", role="everything", began_at=SEEN, seen_at=SEEN)


def look(queues: Mapping[str, BrokerQueue], *conditions: StageCondition, running: bool = True) -> QueueOverview:
    board: Any = SimpleNamespace(
        is_embedded=True, stages=lambda: conditions, processes=lambda: [PROCESS] if running else []
    )
    return overview(LEDGER, queues, board, SEEN)


def test_a_stage_is_unserved_when_work_waits_and_its_queue_has_no_consumer() -> None:
    assert look(QUEUES).unserved == ["route.a"]
    served = QUEUES | {"route.a": BrokerQueue("route.a", bundles=2, consumers=1)}
    assert look(served).unserved == []
    assert look({}).unserved == [], "a process lives"
    assert look({}, running=False).unserved == ["route.a"], "no process serves the embedded broker"


def test_delays_and_quarantines_that_hold_something_are_set_aside() -> None:
    assert [queue.name for queue in look(QUEUES).set_aside] == ["delay.5s", "route.a.quarantine"]


def test_the_json_counts_stages_in_events_and_queues_in_bundles() -> None:
    found = overview_json(look(QUEUES))
    assert found["stages"][0] == {
        "stage": "route.a",
        "open": 3,
        "waiting": 1,
        "oldest": "2023-11-01T02:00:00+00:00",
        "done_in_5_minutes": 7,
        "consumers": 0,
        "waits_for": None,
        "next_try": None,
        "down": None,
        "halted": None,
    }
    assert found["stages"][1]["oldest"] is None
    assert found["broker"]["delay.5s"] == {"bundles": 4, "consumers": 0}
    assert overview_json(look({}))["stages"][0]["consumers"] is None


def test_what_living_processes_tell_of_a_stage_is_shown_with_it() -> None:
    later = SEEN.replace(hour=3)
    seen = StageCondition(
        stage="route.a", process="me", down_since=later, down_why="busy", probe_at=later, waiting_why="busy"
    )
    waits = StageCondition(stage="route.a", process="me", waiting_why="busy", next_try_at=later)
    halted = StageCondition(stage="sink.b", process="me", halted_since=SEEN, halted_why="1000 dead")
    gone = StageCondition(stage="sink.b", process="gone", down_since=SEEN)
    found = look({}, seen, waits, halted, gone)
    first, second = overview_json(found)["stages"]
    assert first["down"] == {"since": later.isoformat(), "why": "busy", "next_probe": later.isoformat()}
    assert (first["waits_for"], first["next_try"], first["halted"]) == ("busy", later.isoformat(), None)
    assert (second["halted"], second["down"]) == ({"since": SEEN.isoformat(), "why": "1000 dead"}, None)
    assert found.is_faulty and look({}, halted).is_faulty and look({}, seen).is_faulty
    assert not look({}, waits, gone).is_faulty
