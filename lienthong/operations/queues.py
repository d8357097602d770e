"""The queues: how many events wait at each stage, and who serves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.ledger.records import StageStatus
from lienthong.ports import Ledger
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
    """A stage's open work. `consumers` is None on the embedded broker, which has no other processes."""

    status: StageStatus
    consumers: int | None

    @property
    def is_unserved(self) -> bool:
        """Whether work waits and no process serves the stage."""
        return self.consumers == 0 and self.status.open_events > 0


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
    def set_aside(self) -> Sequence[BrokerQueue]:
        """Queues that hold something and are not a stage's main queue: delays, then quarantines. Messages that cannot
        be read are counted elsewhere.
        """
        not_main = (queue for queue in self.broker.values() if not queue.is_main and queue.name != "unreadable")
        waiting = [queue for queue in not_main if queue.bundles]
        return sorted(waiting, key=lambda queue: queue.is_quarantine)


def overview(ledger: Ledger, broker: Mapping[str, BrokerQueue]) -> QueueOverview:
    """What the ledger and the broker state together; see `broker_queues`."""
    return QueueOverview(
        [
            StageLoad(status, broker[status.stage].consumers if status.stage in broker else None)
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
            }
            for load in found.stages
        ],
        "broker": {
            name: {"bundles": queue.bundles, "consumers": queue.consumers} for name, queue in found.broker.items()
        },
    }
