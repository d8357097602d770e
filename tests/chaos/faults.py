"""Faults that may happen at any moment. Each is a function that returns when the fault is over."""

import os
import random
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pika
from pika.exceptions import AMQPError

from tests.chaos.fleet import Fleet, Outside, Process
from tests.services.disk import Disk
from tests.services.postgres import Cluster
from tests.services.proxy import Proxy
from tests.services.rabbitmq import Node

RECOVERY_LIMIT = 30.0
"""Seconds after a restart of the broker within which every stage must consume again."""

NO_ROOM = "đã đầy; hãy thêm chỗ"
"""What a process logs about a full disk."""

QUEUES = tuple(
    f"lt1.{stage}{part}" for stage in ("route.igate-dossiers", "sink.data-store") for part in ("", ".quarantine")
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a fault can hit, and the random numbers that choose it."""

    chance: random.Random
    fleet: Fleet
    outside: Outside
    node: Node
    host: str
    proxy: Proxy
    cluster: Cluster
    tables: Disk
    """The disk of the ledger's and the store's tables."""
    log: Disk | None
    """The disk of the transaction log; None when there is only one disk to fill, that of the tables."""
    flow: Callable[[], None]
    """Call it repeatedly: it keeps events coming, so that there is always something to write."""

    def perhaps_kill_a_process(self) -> Process | None:
        """Half of the time, a second fault while the first one lasts: the process that was killed."""
        if self.chance.random() >= 0.5:
            return None
        hit = self.chance.choice(self.fleet.processes)
        hit.kill()
        return hit

    def every_stage_consumes(self) -> bool:
        """Whether each queue has a consumer, as the broker itself sees it."""
        try:
            place = pika.ConnectionParameters("127.0.0.1", self.node.port, self.host)
            with pika.BlockingConnection(place) as connection:
                channel = connection.channel()
                looks = [channel.queue_declare(queue, passive=True) for queue in QUEUES]
        except (AMQPError, OSError):
            return False
        return all(look.method.consumer_count for look in looks)


def kill_process(scene: Scene) -> None:
    scene.chance.choice(scene.fleet.processes).kill()


def terminate_process(scene: Scene) -> None:
    process = scene.chance.choice(scene.fleet.processes)
    scene.fleet.until(lambda: process.serving, 60, f"{process.name} serves")
    process.terminate()


def kill_broker(scene: Scene) -> None:
    scene.node.kill()
    scene.perhaps_kill_a_process()
    scene.fleet.last_for(scene.chance.uniform(0, 2))
    scene.node.start()
    scene.fleet.until(scene.every_stage_consumes, RECOVERY_LIMIT, "every stage consumes after a restart of the broker")


def kill_database(scene: Scene) -> None:
    scene.cluster.kill()
    scene.perhaps_kill_a_process()
    scene.fleet.last_for(scene.chance.uniform(0, 2))
    scene.cluster.start()


def full_disk(scene: Scene) -> None:
    """The database reports it and lives; every serving process waits, and logs the reason."""
    _full(scene, scene.tables, lambda: scene.fleet.count_logged(NO_ROOM))


def full_disk_of_the_log(scene: Scene) -> None:
    """The database cannot commit and shuts down; it recovers when there is room."""
    if scene.log is None:
        full_disk(scene)
    else:
        _full(scene, scene.log, scene.cluster.refused_room)


def _full(scene: Scene, disk: Disk, count: Callable[[], int]) -> None:
    """`count`: how often a process or the database has met the full disk so far."""
    before = count()

    def met() -> bool:
        scene.flow()
        return count() > before

    serving = {process: process.lives for process in scene.fleet.processes if process.serving}
    disk.fill()
    try:
        hit = scene.perhaps_kill_a_process()
        scene.fleet.until(met, RECOVERY_LIMIT, "something meets the full disk")
        scene.fleet.last_for(scene.chance.uniform(0, 2))
    finally:
        disk.free()
    scene.cluster.start()
    ended = [process.name for process, lives in serving.items() if process is not hit and process.lives != lives]
    assert not ended, f"processes must wait for a full disk, these ended: {ended}\n{scene.fleet.output()}"


def freeze_broker(scene: Scene) -> None:
    beam = int((scene.node.folder / "pid").read_text())
    os.kill(beam, signal.SIGSTOP)
    try:
        scene.perhaps_kill_a_process()
        scene.fleet.last_for(scene.chance.uniform(1, 3))
    finally:
        os.kill(beam, signal.SIGCONT)


def close_connections(scene: Scene) -> None:
    scene.node.control("close_all_connections", "chaos")


def memory_alarm(scene: Scene) -> None:
    scene.node.control("set_vm_memory_high_watermark", "absolute", "1MB")
    scene.perhaps_kill_a_process()
    scene.fleet.last_for(scene.chance.uniform(0, 2))
    scene.node.control("set_vm_memory_high_watermark", "0.4")


def black_hole(scene: Scene) -> None:
    scene.proxy.swallow()
    scene.perhaps_kill_a_process()
    scene.fleet.last_for(scene.chance.uniform(1, 3))
    scene.proxy.cut()  # open connections have a gap in their stream
    scene.proxy.pass_on()
    scene.proxy.cut()  # and so have those that were opened since


def reset(scene: Scene) -> None:
    scene.proxy.cut()


def source_fails(scene: Scene) -> None:
    scene.outside.order(kind="http_500", times=scene.chance.randint(1, 8), after=scene.chance.randint(0, 5))


def source_is_cut(scene: Scene) -> None:
    scene.outside.order(kind="cut", times=scene.chance.randint(1, 3), after=scene.chance.randint(0, 5))


def session_expires(scene: Scene) -> None:
    scene.outside.order(kind="expired_session", times=1, after=scene.chance.randint(0, 5))


Fault = Callable[[Scene], None]

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
}
"""Each kind with its weight in the random choice."""


def choose_faults(chance: random.Random, number: int) -> Sequence[Fault]:
    """`number` faults in random order, every kind among them."""
    kinds = list(WEIGHTS)
    plan = kinds + chance.choices(kinds, list(WEIGHTS.values()), k=max(0, number - len(kinds)))
    chance.shuffle(plan)
    return plan
