"""A route as a picture: its origin, its steps, its sinks, with what became of the events at each stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lienthong.ledger.records import Account
from lienthong.messages import format_number, message
from lienthong.route import Apply, Enrich, Route
from lienthong.topology import route_queue, sink_queue

WIDTH, HEIGHT, GAP_X, GAP_Y = 190, 52, 40, 14
"""The size of a node and the room between nodes, in units of the picture."""

MOST_LETTERS = 26
"""Letters of a line in a node."""


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the picture. `name` is whole, for who points at it; `label` and `note` are its lines."""

    x: int
    y: int
    label: str
    note: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line from the right side of a node to the left side of another one."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture of a route."""

    width: int
    height: int
    nodes: Sequence[Node]
    arrows: Sequence[Arrow]


def draw_route(route: Route, stages: Mapping[str, Account]) -> Picture:
    """The picture. The counts of a sink are those of all routes that bring events to it."""
    here = stages.get(route_queue(route.name))
    columns: list[list[Node]] = [[_node(0, 0, route.source, _received(here), "source")]]
    columns += [[_step(number, step)] for number, step in enumerate(route.steps, 1)]
    sinks = [(name, _delivered(stages.get(sink_queue(name))), "sink") for name in route.to]
    if route.announce:
        sinks.append((str(message("subscribers")), "", "announce"))
    last = len(columns)
    if sinks:
        columns.append([_node(last, row, *sink) for row, sink in enumerate(sinks)])
    rows = max(len(column) for column in columns)
    return Picture(
        len(columns) * (WIDTH + GAP_X) - GAP_X,
        rows * (HEIGHT + GAP_Y) - GAP_Y,
        [node for column in columns for node in column],
        [_arrow(one, other) for left, right in pairwise(columns) for one in left for other in right],
    )


def _step(number: int, step: Apply | Enrich) -> Node:
    note = str(message("asks {lookup}", lookup=step.lookup)) if isinstance(step, Enrich) else ""
    return _node(number, 0, step.function, note, "step")


def _node(column: int, row: int, name: str, note: str, kind: str) -> Node:
    label = name.rpartition(".")[2] if kind == "step" else name
    return Node(column * (WIDTH + GAP_X), row * (HEIGHT + GAP_Y), _short(label), _short(note), kind, name)


def _arrow(one: Node, other: Node) -> Arrow:
    return Arrow(one.x + WIDTH, one.y + HEIGHT // 2, other.x, other.y + HEIGHT // 2)


def _received(account: Account | None) -> str:
    return str(message("{count} received", count=format_number(account.received if account else 0)))


def _delivered(account: Account | None) -> str:
    return str(message("{count} delivered", count=format_number(account.delivered if account else 0)))


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"
