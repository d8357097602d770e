"""`lienthong run` embedded, with everything in one process, stopped at any moment."""

import random
from pathlib import Path

from lienthong.adapters.clock import SystemClock
from lienthong.adapters.sql.ledger import SqlLedger
from tests.chaos.books import Storage
from tests.chaos.fleet import Fleet, make_project, outside
from tests.chaos.stream import make_stream
from tests.databases import open_embedded

SEED, STOPS, EVENTS = 766, 4, 1_500


def test_stopped_at_any_moment_it_ends_well_and_the_next_run_finishes_the_work(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    stream = make_stream(tmp_path / "recording", chance, dossiers=EVENTS, waves=1, wave_size=EVENTS)
    data = tmp_path / "fleet" / "0-all"
    data.mkdir(parents=True)
    database = open_embedded(data)
    storage = Storage(database, SqlLedger(database, SystemClock()))
    with outside(stream.folder) as sandbox:
        sandbox.show(stream.moments[-1])
        root = make_project(tmp_path / "root")
        fleet = Fleet(tmp_path / "fleet", [""], {"LIENTHONG_PROJECT": str(root), "IGATE_URL": f"{sandbox.url}/igate"})
        (process,) = fleet.processes
        try:
            for stop in range(STOPS):
                count = chance.randint(EVENTS * stop // STOPS, EVENTS * (stop + 1) // STOPS)
                enough = lambda: storage.received() >= count  # noqa: E731, B023 - called in this turn of the loop
                fleet.until(lambda: process.serving and enough(), 60, f"{count} received")  # noqa: B023 - the same
                process.terminate()
            fleet.until(lambda: storage.received() >= EVENTS and storage.at_rest(), 60, "everything is at rest")
            fleet.until(lambda: process.serving, 60, "it serves")
            process.terminate()
        finally:
            fleet.end()
    storage.prove(stream)
    assert not any(process.exits), "each time it ended by itself, and well"
    database.dispose()
