"""Routes: what each of them does, as a picture with counts, in words, and as it is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from lienthong.configuration.explain import explain
from lienthong.console.pages.queues import loads_of
from lienthong.console.rendering import render
from lienthong.console.route_picture import draw_route
from lienthong.console.visit import Visit
from lienthong.ledger.records import Account
from lienthong.operations.balance import current_balance
from lienthong.operations.queues import StageLoad
from lienthong.route import Route
from lienthong.topology import route_queue

FOLDER = "routes"


@dataclass(frozen=True, slots=True)
class RouteView:
    """A route, what became of the events at it, and its open work; None where no event has come to it yet."""

    route: Route
    account: Account | None
    load: StageLoad | None


def show_routes(visit: Visit) -> Response:
    """Every route in one line."""
    stages, loads = current_balance(visit.storage.ledger).stages, loads_of(visit)
    views = [
        RouteView(route, stages.get(route_queue(name)), loads.get(route_queue(name)))
        for name, route in visit.settings.routes.items()
    ]
    return render(visit, "routes.html", views=views, disabled=visit.settings.disabled.get("routes", ()))


def show_route(visit: Visit) -> Response:
    """One route: its picture, its words, its file, and its cases."""
    name = visit.part("name")
    route, stages, loads = visit.settings.routes[name], current_balance(visit.storage.ledger).stages, loads_of(visit)
    files = [(path.name, path.read_text("utf-8")) for path in _files(visit, name)]
    return render(
        visit,
        "route.html",
        view=RouteView(route, stages.get(route_queue(name)), loads.get(route_queue(name))),
        picture=draw_route(route, stages),
        lines=explain(route, visit.settings),
        files=files,
        folder=FOLDER,
    )


def _files(visit: Visit, name: str) -> Sequence[Path]:
    folder = visit.settings.folder / FOLDER
    return [path for ending in (".yaml", ".cases.yaml") if (path := folder / f"{name}{ending}").is_file()]
