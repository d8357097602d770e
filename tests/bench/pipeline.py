"""Lienthong's whole way over RabbitMQ and PostgreSQL, as `lienthong run` goes it. Prints one JSON line.

    python -m tests.bench.pipeline EVENTS [one | apart | two]

- one: one process with every role; apart: a process for the route and one for the sink; two: two processes with every
  role.
- Alone it starts its own servers, durable ones. The events wait in the route's quorum queue, in bundles, recorded as
  received; measured is from the first bundle that is through the route, and not counted, until the ledger calls every
  event delivered (announced, stored, accounted for).
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
from tests.bench.watching import Figures, PageBatch, watched, working

ROLES: dict[str, list[list[str]]] = {
    "one": [[]],
    "apart": [["--only", f"route:{ROUTE}"], ["--only", f"sink:{SINK}"]],
    "two": [[], []],
}


def measure(total: int, roles: str, ours: Servers, folder: Path) -> Figures:
    """Events/s, CPU µs an event by process, memory in MB."""
    deployment = prepared(total, ours, folder)
    intake = deployment.fill()
    arrived = PageBatch(ours, SUBSCRIBER, EXCHANGE, TYPE)
    ours.quiet()
    commands = [deployment.command("run", *words) for words in ROLES[roles]]
    with (
        deployment.ledger() as ledger,
        deployment.unrouted() as unrouted,
        working(commands, deployment.environment()) as workers,
    ):
        figures = watched(ours, workers, lambda: total - ledger.in_flight(), total, lambda: total - unrouted())
    _proved(total, deployment, arrived)
    arrived.close()
    return {"side": f"lienthong {roles}", **figures, "intake_per_second": round(total / intake)}


def prepared(total: int, ours: Servers, folder: Path) -> Deployment:
    """Everything but the events: configuration, tables, civil servants."""
    deployment = deploy(folder, ours, "tests.bench.synthetic.Waiting", {"total": total})
    deployment.enrol()
    return deployment


def _proved(total: int, deployment: Deployment, arrived: PageBatch) -> None:
    """Everything was delivered, stored, tagged and announced, and the books agree; else no figure is worth a thing."""
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
    told = {event["id"] for body in arrived.taken() for event in orjson.loads(body)}
    assert len(told) == total, len(told)


def main(total: str, roles: str = "one") -> None:
    with servers() as ours, tempfile.TemporaryDirectory() as folder:
        print(json.dumps(measure(int(total), roles, ours, Path(folder))))


if __name__ == "__main__":
    main(*sys.argv[1:])
