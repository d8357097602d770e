"""Which stages no process serves, and which queues hold something aside."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from lienthong.ledger.records import StageStatus
from lienthong.operations.queues import BrokerQueue, overview, overview_json

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


def test_a_stage_is_unserved_when_work_waits_and_its_queue_has_no_consumer() -> None:
    assert overview(LEDGER, QUEUES).unserved == ["route.a"]
    served = QUEUES | {"route.a": BrokerQueue("route.a", bundles=2, consumers=1)}
    assert overview(LEDGER, served).unserved == []
    assert overview(LEDGER, {}).unserved == [], "the embedded broker has no other processes"


def test_delays_and_quarantines_that_hold_something_are_set_aside() -> None:
    assert [queue.name for queue in overview(LEDGER, QUEUES).set_aside] == ["delay.5s", "route.a.quarantine"]


def test_the_json_counts_stages_in_events_and_queues_in_bundles() -> None:
    found = overview_json(overview(LEDGER, QUEUES))
    assert found["stages"][0] == {
        "stage": "route.a",
        "open": 3,
        "waiting": 1,
        "oldest": "2023-11-01T02:00:00+00:00",
        "done_in_5_minutes": 7,
        "consumers": 0,
    }
    assert found["stages"][1]["oldest"] is None
    assert found["broker"]["delay.5s"] == {"bundles": 4, "consumers": 0}
    assert overview_json(overview(LEDGER, {}))["stages"][0]["consumers"] is None
