"""The queues: how many events wait at each stage, and who serves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lienthong.ledger.records import StageStatus
from lienthong.operations.processes import find_processes
from lienthong.ports import Ledger, StageCondition, StatusBoard
from lienthong.settings import Settings
from lienthong.topology import make_topology


@dataclass(frozen=True, slots=True)
class BrokerQueue:
    """A queue on RabbitMQ, by the engine's name of it, in bundles."""

    name: str
    bundles: int
    consumers: int

    @property
    def is_quarantine(self) -> bool:
        return self.name.endswith(".quarantine")

    @property
    def is_main(self) -> bool:
        """Whether a stage takes its new work from this queue."""
        return self.name.startswith(("route.", "sink.")) and not self.is_quarantine


@dataclass(frozen=True, slots=True)
class StageLoad:
    """A stage's open work, and what the processes that live tell of it.

    - `consumers`: on RabbitMQ, who takes from its queue. On the embedded broker 0 when no process lives that could,
      and None otherwise.
    """

    status: StageStatus
    consumers: int | None
    conditions: Sequence[StageCondition] = ()

    @property
    def is_unserved(self) -> bool:
        """Whether work waits and no process serves the stage."""
        return self.consumers == 0 and self.status.open_events > 0

    @property
    def down(self) -> StageCondition | None:
        """The process that found the target down first."""
        found = [one for one in self.conditions if one.down_since is not None]
        return min(found, key=lambda one: str(one.down_since), default=None)

    @property
    def halted(self) -> StageCondition | None:
        """The process that halted the stage first."""
        found = [one for one in self.conditions if one.halted_since is not None]
        return min(found, key=lambda one: str(one.halted_since), default=None)

    @property
    def waiting(self) -> StageCondition | None:
        """The process that will try next, with the reason; None when no event waits."""
        found = [one for one in self.conditions if one.next_try_at is not None]
        return min(found, key=lambda one: str(one.next_try_at), default=None) if self.status.waiting else None

    @property
    def is_faulty(self) -> bool:
        return self.is_unserved or self.down is not None or self.halted is not None


@dataclass(frozen=True, slots=True)
class QueueOverview:
    """Every stage, and every queue of the broker by name."""

    stages: Sequence[StageLoad]
    broker: Mapping[str, BrokerQueue]

    @property
    def unserved(self) -> Sequence[str]:
        """The stages at which work waits that no process serves."""
        return [load.status.stage for load in self.stages if load.is_unserved]

    @property
    def is_faulty(self) -> bool:
        """Whether an operator has to do something."""
        return any(load.is_faulty for load in self.stages)

    @property
    def set_aside(self) -> Sequence[BrokerQueue]:
        """Queues that hold something and are not a stage's main queue: delays, then quarantines. Messages that cannot
        be read are counted elsewhere.
        """
        not_main = (queue for queue in self.broker.values() if not queue.is_main and queue.name != "unreadable")
        waiting = [queue for queue in not_main if queue.bundles]
        return sorted(waiting, key=lambda queue: queue.is_quarantine)


def overview(ledger: Ledger, broker: Mapping[str, BrokerQueue], board: StatusBoard, now: datetime) -> QueueOverview:
    """What the ledger, the broker and the processes state together; see `broker_queues` (empty: embedded)."""
    processes = find_processes(board, now)
    unserved_here = None if processes.running or broker else 0
    conditions = [one for one in board.stages() if processes.lives(one.process)]
    return QueueOverview(
        [
            StageLoad(
                status,
                broker[status.stage].consumers if status.stage in broker else unserved_here,
                [one for one in conditions if one.stage == status.stage],
            )
            for status in ledger.stages()
        ],
        broker,
    )


def broker_queues(url: str, settings: Settings) -> Mapping[str, BrokerQueue]:
    """Every queue of the configuration as it is on the RabbitMQ at `url`. Raises `Transient` and `Misconfigured`."""
    from lienthong.adapters.rabbitmq.naming import VERSION
    from lienthong.adapters.rabbitmq.topology_plan import plan

    names = {status.name: status for status in plan(url, make_topology(settings)) if status.kind == "queue"}
    return {
        (short := name.removeprefix(f"{VERSION}.")): BrokerQueue(short, status.ready, status.consumers)
        for name, status in names.items()
    }


def overview_json(found: QueueOverview) -> dict[str, Any]:
    """Stages are counted in events, the broker's queues in bundles."""
    return {
        "stages": [
            {
                "stage": load.status.stage,
                "open": load.status.open_events,
                "waiting": load.status.waiting,
                "oldest": load.status.oldest.isoformat() if load.status.oldest else None,
                "done_in_5_minutes": load.status.done_recently,
                "consumers": load.consumers,
                **_condition_json(load),
            }
            for load in found.stages
        ],
        "broker": {
            name: {"bundles": queue.bundles, "consumers": queue.consumers} for name, queue in found.broker.items()
        },
    }


def _condition_json(load: StageLoad) -> dict[str, Any]:
    down, halted, waiting = load.down, load.halted, load.waiting
    return {
        "waits_for": waiting.waiting_why if waiting else None,
        "next_try": _iso(waiting.next_try_at) if waiting else None,
        "down": {"since": _iso(down.down_since), "why": down.down_why, "next_probe": _iso(down.probe_at)}
        if down
        else None,
        "halted": {"since": _iso(halted.halted_since), "why": halted.halted_why} if halted else None,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
