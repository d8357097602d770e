"""An event that kills the process that handles it, over a real broker and real processes."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Bundle
from lienthong.processing.quarantine import MAX_SOLO_CRASHES
from tests.databases import open_embedded
from tests.events import event
from tests.services import rabbitmq
from tests.services.poison_process import POISON, RUNGS, STAGE

ROOT = Path(__file__).parents[2]
GOOD = [f"lành {number}" for number in range(999)]


def test_an_event_that_kills_its_process_is_parked_alone_and_every_other_is_delivered(tmp_path: Path) -> None:
    broker_url, database_url = rabbitmq.node().url(), f"sqlite:///{tmp_path / 'lienthong.db'}"
    database = open_embedded(tmp_path)
    ledger, broker = SqlLedger(database, SystemClock()), RabbitBroker(broker_url)
    events = [event(name) for name in (*GOOD[:404], POISON, *GOOD[404:])]
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=(STAGE,), cursor={})
    broker.declare([STAGE], RUNGS)
    broker.publish([Bundle(STAGE, tuple(events[start : start + 50])) for start in range(0, 1000, 50)])

    deaths, deadline = 0, time.monotonic() + 120
    while ledger.in_flight():
        with subprocess.Popen(
            [sys.executable, "-m", "tests.services.poison_process", broker_url, database_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
        ) as process:
            while process.poll() is None and ledger.in_flight():
                assert time.monotonic() < deadline
                time.sleep(0.05)  # between two evaluations of the condition
            deaths += process.poll() == 99
            assert process.stdin
            process.stdin.close()

    (letter,) = ledger.letters()
    assert (letter.envelope.subject, letter.error, letter.stage) == (
        POISON,
        "Poison",
        STAGE,
    )
    # One crash is in its bundle, the others are alone; one more if its bundle was batched with other deliveries.
    assert deaths - MAX_SOLO_CRASHES in {1, 2}
    ends = Counter(entry.verdict for each in events for entry in ledger.trail(each.id) if entry.stage == STAGE)
    assert ends == {"done": 999, "dead": 1}
    assert not ledger.balance().faults
    broker.close()
    database.dispose()
