"""`lienthong queues`: what waits where, in events, and who serves it."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from lienthong.cli import context, tables
from lienthong.envelope import LOCAL_ZONE
from lienthong.ledger.records import StageStatus
from lienthong.runtime.composition import on_rabbitmq
from lienthong.runtime.existing_storage import open_ledger
from lienthong.runtime.project import Project

if TYPE_CHECKING:
    from lienthong.adapters.rabbitmq.topology_plan import ObjectStatus


def on_broker(project: Project) -> Mapping[str, "ObjectStatus"]:
    """Every queue of the configuration as it stands on RabbitMQ, by our name of it; empty on the embedded broker."""
    if not on_rabbitmq(project.endpoints):
        return {}
    from lienthong.adapters.rabbitmq import topology_plan as planning
    from lienthong.adapters.rabbitmq.naming import VERSION
    from lienthong.topology import make_topology

    found = planning.plan(project.endpoints.broker, make_topology(project.settings()))
    return {one.name.removeprefix(f"{VERSION}."): one for one in found if one.kind == "queue"}


def queues(console: Console, project: Project, *, as_json: bool) -> int:
    """Show them; the exit code is 1 where nobody serves what waits."""
    with open_ledger(project) as ledger:
        broker = on_broker(project)
        if as_json:
            print(json.dumps(queues_json(ledger.stages(), broker), ensure_ascii=False, indent=1))  # noqa: T201 - for programs, unwrapped
            return context.OK
        return show(console, ledger.stages(), broker)


def queues_json(stages: Sequence[StageStatus], broker: Mapping[str, "ObjectStatus"]) -> dict[str, Any]:
    """For programs. Stages are counted in events, the broker's queues in bundles."""
    return {
        "stages": [
            {
                "stage": one.stage,
                "open": one.open_events,
                "waiting": one.waiting,
                "oldest": one.oldest.isoformat() if one.oldest else None,
                "done_in_5_minutes": one.done_recently,
                "consumers": broker[one.stage].consumers if one.stage in broker else None,
            }
            for one in stages
        ],
        "broker": {name: {"bundles": one.ready, "consumers": one.consumers} for name, one in broker.items()},
    }


def show(console: Console, stages: Sequence[StageStatus], broker: Mapping[str, "ObjectStatus"]) -> int:
    """Stages, then the rungs and quarantines that hold anything. The exit code is 1 where nobody serves what waits."""
    table = Table(title="Chặng (số sự kiện)", title_justify="left")
    table.add_column("Chặng", no_wrap=True)
    for column in ("Chưa xong", "Chờ thử lại", "Xong trong 5 phút", "Người phục vụ", "Cũ nhất"):
        table.add_column(column, justify="right")
    unserved = []
    for one in stages:
        queue = broker.get(one.stage)
        idle = queue is not None and queue.consumers == 0
        if idle and one.open_events:
            unserved.append(one.stage)
        figures = (tables.number(figure) for figure in (one.open_events, one.waiting, one.done_recently))
        served = "" if queue is None else str(queue.consumers)
        oldest = f"{one.oldest.astimezone(LOCAL_ZONE):%d/%m/%Y %H:%M}" if one.oldest else ""
        table.add_row(one.stage, *figures, served, oldest, style="red" if idle and one.open_events else "")
    console.print(table)
    aside = {name: one for name, one in broker.items() if one.ready and not name.startswith(("route.", "sink."))}
    aside |= {name: one for name, one in broker.items() if one.ready and name.endswith(".quarantine")}
    for name, queue in aside.items():
        console.print(f"  {name}: {tables.number(queue.ready)} gói", highlight=False)
    for stage in unserved:
        console.print(f"[red]Không ai phục vụ {stage}[/]: hãy chạy `lienthong run` (hoặc --only {stage}).")
    return context.FAULT if unserved else context.OK
