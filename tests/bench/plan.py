"""What `make bench` measures, in which order, and how much of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

ONE, TWO = "lienthong one", "lienthong two"
PEERS = ("faststream", "dramatiq", "celery", "kombu")
FORWARDERS = ("pika", "pika-blocking")
LARGE, SMALL = "large", "small"
STORES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Events of each measurement: enough to keep each side busy for some ten seconds, since start and end distort."""

    repetitions: int
    lienthong: int
    peer: int
    forward: int
    small: int
    large: int
    http: int
    latency_seconds: int
    embedded: tuple[int, ...]
    looking_back: tuple[int, int]
    """Dossiers a month, and simulated days."""
    operators: tuple[int, int]
    """Entries of the ledgers that operators' commands are measured on: on SQLite, and on PostgreSQL."""
    questions: tuple[int, int, int] = (20, 2_000, 1_000_000)
    """Seconds, events a second that pass meanwhile, and persons in the register."""


FULL = Sizes(
    3, 80_000, 5_000, 60_000, 10_000, 1_000_000, 50_000, 20, (10_000, 200_000), (35_000, 4), (500_000, 500_000)
)
QUICK = Sizes(
    1, 4_000, 400, 2_000, 2_000, 10_000, 4_000, 5, (2_000, 10_000), (1_500, 2), (20_000, 20_000), (3, 200, 10_000)
)
"""To see that everything runs. Its figures are void: a short run is mostly start and end."""

FEW_ENTRIES = 20_000
"""Entries of the ledgers with which the memory of `verify` is compared."""

WHOLE_OPERATORS = (2_000_000, 10_000_000)
"""`make bench OPERATORS=full`: as long as the histories that are promised. To write them takes most of an hour."""


SETTINGS = {"REPETITIONS": "repetitions", "LIENTHONG": "lienthong", "LARGE": "large"}
"""Variables of `make bench` that change a size of the full run, such as `make bench LARGE=300000`."""


def sizes_and_command(environment: Mapping[str, str]) -> tuple[Sizes, str]:
    """The sizes to measure, and the command that measures the same again."""
    if environment.get("QUICK"):
        return QUICK, "make bench QUICK=1"
    given = {name: environment[name] for name in SETTINGS if environment.get(name)}
    sizes = replace(FULL, **{SETTINGS[name]: int(value) for name, value in given.items()})
    if environment.get("OPERATORS") == "full":
        sizes, given = replace(sizes, operators=WHOLE_OPERATORS), given | {"OPERATORS": "full"}
    return sizes, " ".join(("make bench", *(f"{name}={value}" for name, value in given.items())))


@dataclass(frozen=True, slots=True)
class Step:
    """One measurement, in a separate process: `python -m tests.bench.MODULE ARGUMENTS`."""

    side: str
    module: str
    arguments: tuple[str, ...] = ()
    on_servers: bool = True


def steps(sizes: Sizes) -> Iterator[Step]:
    """Sides take turns, so that other load on the machine affects them alike."""
    for _ in range(sizes.repetitions):
        for roles, peers in (("one", PEERS[:2]), ("two", PEERS[2:]), ("apart", ())):
            yield _pipeline(roles, sizes)
            yield from (_peer(name, sizes.peer) for name in peers)
            yield from (_peer(name, sizes.peer, processes=2) for name in peers)
        yield _pipeline("one", sizes)
        yield _peer(FORWARDERS[0], sizes.forward)
        yield _pipeline("two", sizes)
        yield _peer(FORWARDERS[0], sizes.forward, processes=2)
        yield _peer(FORWARDERS[1], sizes.peer)
    yield Step("intake over HTTP", "http_intake", (str(sizes.http),))
    yield Step("latency", "latency", (str(sizes.latency_seconds),))
    yield Step("questions", "questions", tuple(map(str, sizes.questions)))
    yield Step("check", "commands", ("check",), on_servers=False)
    yield Step("help", "commands", ("help",), on_servers=False)
    yield from (Step(f"embedded {size}", "embedded", (str(size),), on_servers=False) for size in sizes.embedded)
    yield Step("looking back", "looking_back", tuple(map(str, sizes.looking_back)), on_servers=False)
    for store, entries in zip(STORES, sizes.operators, strict=True):
        for size in (FEW_ENTRIES, entries):
            yield Step(f"operators {store}", "operators", (store, str(size)), on_servers=store == "postgresql")
    few = [Step(SMALL, "large", (str(sizes.small),))] * 2
    yield from few  # before and after, twice: it takes two seconds, and the machine's speed varies
    yield Step(LARGE, "large", (str(sizes.large),))
    yield from few


def _pipeline(roles: str, sizes: Sizes) -> Step:
    return Step(f"lienthong {roles}", "pipeline", (str(sizes.lienthong), roles))


def _peer(name: str, events: int, processes: int = 1) -> Step:
    return Step(name if processes == 1 else two(name), "peers", (name, str(events), str(processes)))


def two(name: str) -> str:
    """The side of a peer with two processes."""
    return f"{name} two"
