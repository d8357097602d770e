"""`lienthong run` with everything in one process, on what it carries with it, asked to stop at any moment."""

import random
from pathlib import Path

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from tests.chaos import stream
from tests.chaos.books import Storage
from tests.chaos.fleet import Fleet, configured, outside
from tests.databases import open_embedded

SEED, STOPS, EVENTS = 766, 4, 1_500


def test_told_to_stop_at_any_moment_it_ends_well_and_the_next_run_finishes_the_work(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    made = stream.make(tmp_path / "recording", dice, dossiers=EVENTS, waves=1, wave_size=EVENTS)
    data = tmp_path / "fleet" / "0-all"
    data.mkdir(parents=True)
    database = open_embedded(data)
    storage = Storage(database, SqlLedger(database, SystemClock()))
    with outside(made.folder) as sandbox:
        sandbox.show(made.moments[-1])
        root = configured(tmp_path / "root")
        fleet = Fleet(tmp_path / "fleet", [""], {"LIENTHONG_PROJECT": str(root), "IGATE_URL": f"{sandbox.url}/igate"})
        (process,) = fleet.processes
        try:
            for stop in range(STOPS):
                some = dice.randint(EVENTS * stop // STOPS, EVENTS * (stop + 1) // STOPS)
                enough = lambda: storage.received() >= some  # noqa: E731, B023 - a word for what is asked now
                fleet.until(lambda: process.serving and enough(), 60, f"{some} received")  # noqa: B023 - asked now
                process.terminate()
            fleet.until(lambda: storage.received() >= EVENTS and storage.at_rest(), 60, "everything is at rest")
            fleet.until(lambda: process.serving, 60, "it serves")
            process.terminate()
        finally:
            fleet.end()
    storage.prove(made)
    assert not any(process.exits), "each time it ended by itself, and well"
    database.dispose()
