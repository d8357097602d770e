"""`lienthong run` in one process, with the embedded broker and database, is stopped at random moments."""

import random
from pathlib import Path

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from tests.databases import open_embedded
from tests.services.ledger_check import LedgerCheck
from tests.services.processes import Processes, make_project, start_sandbox
from tests.services.stream import write_stream

SEED, STOPS, EVENTS = 766, 4, 1_500


def test_a_run_stopped_at_any_moment_ends_in_order_and_the_next_run_finishes_the_work(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    stream = write_stream(tmp_path / "recording", chance, dossiers=EVENTS, waves=1, wave_size=EVENTS)
    data = tmp_path / "processes" / "0-all"
    data.mkdir(parents=True)
    database = open_embedded(data)
    check = LedgerCheck(database, SqlLedger(database, SystemClock()))

    def received(count: int) -> bool:
        return check.received() >= count

    with start_sandbox(stream.folder) as sandbox:
        sandbox.set_clock(stream.moments[-1])
        environment = {
            "LIENTHONG_PROJECT": str(make_project(tmp_path / "root")),
            "IGATE_URL": f"{sandbox.url}/igate",
        }
        processes = Processes(tmp_path / "processes", [""], environment)
        (process,) = processes.all
        try:
            for stop in range(STOPS):
                count = chance.randint(EVENTS * stop // STOPS, EVENTS * (stop + 1) // STOPS)
                processes.wait_until(lambda: process.serving and received(count), 60, f"{count} received")  # noqa: B023 - called in this turn of the loop
                process.terminate()
            processes.wait_until(lambda: received(EVENTS) and check.nothing_in_flight(), 60, "nothing is in flight")
            processes.wait_until(lambda: process.serving, 60, "the process serves")
            process.terminate()
        finally:
            processes.kill_all()
    check.assert_complete(stream)
    assert not any(process.exits), "the process must end with code 0 each time"
    database.dispose()
