"""Everything that may fail at any moment. Each fault is a function that returns once the fault is over."""

import os
import random
import signal
from collections.abc import Callable, Mapping, Sequence

from tests.chaos import lost_work
from tests.chaos.setup import Setup
from tests.services.disk import Disk

RECOVERY_SECONDS = 30.0
"""How long after a restart of the broker every stage must consume again."""

DISK_FULL = "đã đầy; hãy thêm chỗ"
"""What a process logs about a full disk."""


def kill_process(setup: Setup) -> None:
    setup.chance.choice(setup.processes.all).kill()


def terminate_process(setup: Setup) -> None:
    process = setup.chance.choice(setup.processes.all)
    setup.processes.wait_until(lambda: process.serving, 60, f"{process.name} serves")
    process.terminate()


def kill_broker(setup: Setup) -> None:
    setup.node.kill()
    setup.maybe_kill_a_process()
    setup.processes.keep_for(setup.chance.uniform(0, 2))
    setup.node.start()
    setup.processes.wait_until(
        setup.every_stage_consumes, RECOVERY_SECONDS, "every stage consumes after a restart of the broker"
    )


def kill_database(setup: Setup) -> None:
    setup.cluster.kill()
    setup.maybe_kill_a_process()
    setup.processes.keep_for(setup.chance.uniform(0, 2))
    setup.cluster.start()


def full_disk(setup: Setup) -> None:
    """The database reports the full disk and goes on running; every process that serves waits and logs why."""
    _fill(setup, setup.tables, lambda: setup.processes.count_logged(DISK_FULL))


def full_disk_of_the_log(setup: Setup) -> None:
    """The database cannot commit and ends; it starts again by recovery once there is room."""
    if setup.log is None:
        full_disk(setup)
    else:
        _fill(setup, setup.log, setup.cluster.refused_room)


def _fill(setup: Setup, disk: Disk, count_refusals: Callable[[], int]) -> None:
    """Fill `disk` until a write to it is refused, then free it. No process may end because of it."""
    before = count_refusals()

    def refused() -> bool:
        setup.player.follow()
        return count_refusals() > before

    serving = {process: process.ends for process in setup.processes.all if process.serving}
    disk.fill()
    try:
        killed = setup.maybe_kill_a_process()
        setup.processes.wait_until(refused, RECOVERY_SECONDS, "a write to the full disk is refused")
        setup.processes.keep_for(setup.chance.uniform(0, 2))
    finally:
        disk.free()
    setup.cluster.start()
    ended = [process.name for process, ends in serving.items() if process is not killed and process.ends != ends]
    assert not ended, f"processes must wait for a full disk, but these ended: {ended}\n{setup.processes.last_output()}"


def freeze_broker(setup: Setup) -> None:
    broker = setup.node.pid
    os.kill(broker, signal.SIGSTOP)
    try:
        setup.maybe_kill_a_process()
        setup.processes.keep_for(setup.chance.uniform(1, 3))
    finally:
        os.kill(broker, signal.SIGCONT)


def close_connections(setup: Setup) -> None:
    setup.node.control("close_all_connections", "chaos")


def memory_alarm(setup: Setup) -> None:
    setup.node.control("set_vm_memory_high_watermark", "absolute", "1MB")
    setup.maybe_kill_a_process()
    setup.processes.keep_for(setup.chance.uniform(0, 2))
    setup.node.control("set_vm_memory_high_watermark", "0.4")


def black_hole(setup: Setup) -> None:
    """The network drops every byte between bus and broker, and keeps the connections open."""
    setup.proxy.swallow()
    setup.maybe_kill_a_process()
    setup.processes.keep_for(setup.chance.uniform(1, 3))
    setup.proxy.cut()  # bytes are missing in the connections from before
    setup.proxy.pass_on()
    setup.proxy.cut()  # and in those made since


def reset(setup: Setup) -> None:
    setup.proxy.cut()


def source_fails(setup: Setup) -> None:
    setup.sandbox.order_fault(kind="http_500", times=setup.chance.randint(1, 8), after=setup.chance.randint(0, 5))


def source_is_cut(setup: Setup) -> None:
    setup.sandbox.order_fault(kind="cut", times=setup.chance.randint(1, 3), after=setup.chance.randint(0, 5))


def session_expires(setup: Setup) -> None:
    setup.sandbox.order_fault(kind="expired_session", times=1, after=setup.chance.randint(0, 5))


Fault = Callable[[Setup], None]

WEIGHTS: Mapping[Fault, int] = {
    kill_process: 10,
    terminate_process: 4,
    kill_broker: 2,
    kill_database: 4,
    full_disk: 2,
    full_disk_of_the_log: 1,
    freeze_broker: 2,
    close_connections: 2,
    memory_alarm: 1,
    black_hole: 2,
    reset: 3,
    source_fails: 2,
    source_is_cut: 2,
    session_expires: 1,
    lost_work.queue_purged: 3,
    lost_work.queue_deleted: 3,
    lost_work.database_restored: 1,
    lost_work.second_bus: 2,
    lost_work.clock_of_the_source: 2,
    lost_work.clock_of_the_machine: 2,
    lost_work.exceptions_thrown: 3,
}
"""Each kind of fault, and how often it is drawn relative to the others."""


def draw_faults(chance: random.Random, number: int) -> Sequence[Fault]:
    """`number` faults in random order, with every kind among them."""
    kinds = list(WEIGHTS)
    plan = kinds + chance.choices(kinds, list(WEIGHTS.values()), k=max(0, number - len(kinds)))
    chance.shuffle(plan)
    return plan
