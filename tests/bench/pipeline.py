"""The whole pipeline over RabbitMQ and PostgreSQL, run by `lienthong run`. Prints one JSON line.

    python -m tests.bench.pipeline EVENTS [one | apart | two] [stored]

- one: one process with every role; apart: a process for the route and one for the sink; two: two processes with every
  role.
- stored: events are stored and announced and nothing else, as in versions that found nothing out from them.
- Started alone it starts durable servers. The events wait in the route's quorum queue, in bundles, recorded as
  received. The clock runs from the first bundle that has passed the route, which is not counted, until the ledger has
  every event as delivered (announced, stored, recorded).
"""

import json
import sys
import tempfile
from pathlib import Path

import orjson
from sqlalchemy import text

from lienthong.topology import EXCHANGE
from schemas.canonical.dossier_v1 import TYPE
from tests.bench.deployment import ROUTE, SINK, SUBSCRIBER, Deployment, deploy
from tests.bench.servers import Servers, servers
from tests.bench.watching import Figures, SubscriberQueue, watched, working

STORED = "stored"

ROLES: dict[str, list[list[str]]] = {
    "one": [[]],
    "apart": [["--only", f"route:{ROUTE}"], ["--only", f"sink:{SINK}"]],
    "two": [[], []],
}


def measure(total: int, roles: str, ours: Servers, folder: Path, *, only_stored: bool = False) -> Figures:
    """Events/s, CPU µs an event by process, memory in MB."""
    deployment = prepare(total, ours, folder, only_stored=only_stored)
    intake = deployment.fill()
    arrived = SubscriberQueue(ours, SUBSCRIBER, EXCHANGE, TYPE)
    ours.quiet()
    commands = [deployment.command("run", *words) for words in ROLES[roles]]
    with (
        deployment.ledger() as ledger,
        deployment.unrouted() as unrouted,
        working(commands, deployment.environment()) as workers,
    ):
        figures = watched(ours, workers, lambda: total - ledger.in_flight(), total, lambda: total - unrouted())
    _check_result(total, deployment, arrived)
    arrived.close()
    return {"side": f"lienthong {roles}", **figures, "intake_per_second": round(total / intake)}


def prepare(total: int, ours: Servers, folder: Path, *, only_stored: bool) -> Deployment:
    """Everything except the events: configuration, tables, civil servants."""
    deployment = deploy(folder, ours, "tests.bench.synthetic.Waiting", {"total": total}, only_stored=only_stored)
    deployment.enrol()
    return deployment


def _check_result(total: int, deployment: Deployment, arrived: SubscriberQueue) -> None:
    """Everything was delivered, stored, tagged and announced, and the balance adds up; else the figures are void."""
    with deployment.ledger() as ledger:
        balance = ledger.balance()
    assert balance.sources["igate"].delivered == total, balance
    assert not balance.faults, balance.faults
    query = (
        "SELECT count(*), count(*) FILTER (WHERE position('staff_no' in data) > 0)"
        " FROM store_dossiers JOIN store_dossier_versions USING (source, code, event_id)"
    )
    with deployment.database() as database, database.connect() as connection:
        rows, servants = connection.execute(text(query)).one()
    assert rows == total, rows
    assert 0.2 * total < servants < 0.3 * total, servants
    announced = {event["id"] for body in arrived.messages() for event in orjson.loads(body)}
    assert len(announced) == total, len(announced)


def main(total: str, roles: str = "one", work: str = "") -> None:
    with servers() as ours, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(int(total), roles, ours, Path(folder), only_stored=work == STORED)))


if __name__ == "__main__":
    main(*sys.argv[1:])
