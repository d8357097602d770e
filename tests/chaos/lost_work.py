"""Faults that take messages or entries away: what was lost there must come back, and only once."""

import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError

from tests.chaos.exceptions import order_exceptions
from tests.chaos.project import LADDER
from tests.chaos.setup import QUEUES, Setup
from tests.services.postgres import binaries

DELAYED = tuple(f"lt1.delay.{rung}" for rung in LADDER)


BROKER_WRITES_SECONDS = 2.0
"""How long RabbitMQ may take to write a new queue to its disk."""


WRONG_SECONDS = (3600, -600)


def queue_purged(setup: Setup) -> None:
    """An operator purges one of the queues, those of waiting events among them."""
    _show_more(setup)
    queue = setup.chance.choice([*QUEUES, *DELAYED])
    _act_on_broker(setup, lambda channel: channel.queue_purge(queue))


def queue_deleted(setup: Setup) -> None:
    """An operator deletes one of the queues; it must be there again, and served."""
    queue = setup.chance.choice([*QUEUES, *DELAYED])
    _show_more(setup)
    _act_on_broker(setup, lambda channel: channel.queue_delete(queue))
    setup.maybe_kill_a_process()
    if queue in QUEUES:
        setup.processes.wait_until(setup.every_stage_consumes, 60, f"{queue} is consumed again")
    # RabbitMQ brings a quorum queue back without a leader when it is killed a moment after the queue was declared.
    setup.processes.keep_for(BROKER_WRITES_SECONDS)


def database_restored(setup: Setup) -> None:
    """The database is restored from a backup of some seconds ago, and an operator adopts what it lacks.

    Half of the time it is restored with the server's own means: then only the broker shows that it was.
    """
    backup = setup.folder / "backup.tar"
    backup.unlink(missing_ok=True)
    # The source must still show what is received after the backup, so all waves before must be in it.
    setup.processes.wait_until(setup.player.is_received, 90, "all that is shown is received")
    setup.processes.wait_until(
        lambda: setup.operator.succeeds("backup", backup), 60, f"a backup is written: {setup.operator.last}"
    )
    setup.player.follow()
    setup.processes.keep_for(setup.chance.uniform(1, 4))
    is_silent = setup.chance.random() < 0.5
    if is_silent or setup.chance.random() < 0.5:
        setup.all_serve()
        for process in setup.processes.all:
            process.terminate()
    else:
        setup.processes.kill_all()
    setup.cluster.make_database_anew("small" if setup.tables.roomy else "")
    if is_silent:
        _restore_dump(setup, backup)
    else:
        setup.operator.must("restore", backup)
    for _ in range(5):
        if setup.operator.succeeds("adopt", "--yes"):
            return
    setup.adopt()


def second_bus(setup: Setup) -> None:
    """A bus with another ledger serves the same queues for a moment; each holds the messages of the other."""
    (other,) = setup.second.all

    def serves() -> bool:
        setup.second.start_ended()
        return other.serving

    setup.processes.wait_until(serves, 60, f"the second bus serves: {setup.second.last_output()}")
    _show_more(setup)
    setup.maybe_kill_a_process()
    setup.processes.keep_for(setup.chance.uniform(1, 3))
    if setup.chance.random() < 0.5 and other.serving:
        other.terminate()
    else:
        other.kill()
    setup.adopt()


def clock_of_the_source(setup: Setup) -> None:
    """The clock of the source goes ahead as far as nothing is left out, then back, and is set right."""
    setup.player.follow()
    setup.processes.keep_for(setup.chance.uniform(0, 2))
    setup.player.set_back()
    setup.maybe_kill_a_process()
    setup.processes.keep_for(setup.chance.uniform(0, 3))
    setup.player.set_right()


def clock_of_the_machine(setup: Setup) -> None:
    """The clock of the machine that the bus runs on is an hour ahead or ten minutes back, and is set right."""
    setup.clock.set_wrong(setup.chance.choice(WRONG_SECONDS))
    try:
        for _ in range(2):
            setup.player.follow()
            setup.processes.keep_for(setup.chance.uniform(0.5, 2))
        setup.maybe_kill_a_process()
    finally:
        setup.clock.set_right()


def exceptions_thrown(setup: Setup) -> None:
    """Sources, steps, lookups and sinks throw exceptions that no code declares. No process may end because of it.

    One that is killed meanwhile may have passed events on that die in a step when their message comes again.
    """
    setup.all_serve()
    serving = {process: process.ends for process in setup.processes.all}
    order_exceptions(setup.exceptions, thrown=True)
    try:
        killed = None
        for _ in range(4):
            setup.player.follow()
            setup.processes.keep_for(setup.chance.uniform(0.3, 1))
            killed = killed or setup.maybe_kill_a_process()
    finally:
        order_exceptions(setup.exceptions, thrown=False)
    ended = [process.name for process, ends in serving.items() if process is not killed and process.ends != ends]
    assert not ended, f"exceptions ended these processes: {ended}\n{setup.processes.last_output()}"


def _act_on_broker(setup: Setup, act: Callable[[BlockingChannel], object]) -> None:
    """Act as soon as the broker lets us: shortly after its restart it answers with an internal error."""

    def acted() -> bool:
        try:
            with setup.channel() as channel:
                act(channel)
        except (AMQPError, OSError):
            return False
        return True

    setup.processes.wait_until(acted, 60, "the broker does what the operator asks for")


def _show_more(setup: Setup) -> None:
    """Show the next wave if it is due, and wait for a moment at which its events may be anywhere."""
    setup.player.follow()
    setup.processes.keep_for(setup.chance.uniform(0, 1.5))


def _restore_dump(setup: Setup, backup: Path) -> None:
    """Restore the database alone, as the server's administrator would."""
    folder = setup.folder / "dump"
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(backup) as archive:
        archive.extract("lienthong.dump", folder, filter="data")
    options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
    subprocess.run(
        [binaries() / "pg_restore", *options, f"--dbname={setup.cluster.url}", folder / "lienthong.dump"],
        check=True,
        capture_output=True,
    )
