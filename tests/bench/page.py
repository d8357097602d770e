"""The page docs/performance.md and the tables on the screen, from one set of figures."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template

from rich.table import Table

from tests.bench.goals import Goal, Results, cores_busy, median
from tests.bench.plan import FORWARDERS, LARGE, ONE, PEERS, SMALL, STORES, TWO, two
from tests.bench.watching import Figures

TEMPLATE = Path(__file__).with_name("performance.md.template")
SIDES = (
    *(ONE, "lienthong apart", TWO),
    *(side for peer in PEERS for side in (peer, two(peer))),
    *(FORWARDERS[0], two(FORWARDERS[0]), FORWARDERS[1], SMALL, LARGE),
)
HEAD = ("side", "runs", "events", "events/s", "lowest", "highest", "against two sets", "CPU µs/event", "peak MB")
NAMES = {
    ONE: "Lienthong, one process",
    "lienthong apart": "Lienthong, route and sink apart",
    TWO: "Lienthong, two worker sets",
    "faststream": "FastStream",
    two("faststream"): "FastStream, two processes",
    "dramatiq": "Dramatiq",
    two("dramatiq"): "Dramatiq, two processes",
    "celery": "Celery",
    two("celery"): "Celery, two processes",
    "kombu": "kombu ConsumerProducerMixin",
    two("kombu"): "kombu, two processes",
    "pika": "bare pika forwarder",
    two("pika"): "bare pika forwarder, two processes",
    "pika-blocking": "bare pika forwarder, blocking",
    SMALL: "Lienthong, few events",
    LARGE: "Lienthong, many events",
}


def side_rows(results: Results) -> Iterator[Sequence[str]]:
    """One row a side: the median of its runs, the lowest and the highest."""
    ours = median(results, TWO)
    for side in SIDES:
        runs = results[side]
        rates = [run["per_second"] for run in runs]
        rate = median(results, side)
        cpu = " + ".join(f"{median_cpu(runs, part):.0f}" for part in ("workers", "rabbitmq", "postgresql"))
        yield (
            NAMES[side],
            str(len(runs)),
            f"{runs[0]['events']:,}",
            f"{rate:,.0f}",
            f"{min(rates):,.0f}",
            f"{max(rates):,.0f}",
            f"{rate / ours:.2f}",
            cpu,
            f"{max(run['peak_mb'] for run in runs):,.0f}",
        )


def median_cpu(runs: Sequence[Figures], part: str) -> float:
    ordered = sorted(float(run["cpu_us"][part]) for run in runs)
    return ordered[len(ordered) // 2]


_MET = {True: "met", False: "NOT met", None: ""}


def goal_rows(goals: Sequence[Goal]) -> Iterator[Sequence[str]]:
    for goal in goals:
        yield goal.what, goal.wanted, goal.found, _MET[goal.met], goal.note


def embedded_rows(results: Results) -> Iterator[Sequence[str]]:
    for side, (figures, *_) in results.items():
        if side.startswith("embedded"):
            yield tuple(f"{value:,}" for value in figures.values())


def on_screen(title: str, head: Sequence[str], rows: Iterator[Sequence[str]]) -> Table:
    table = Table(title=title)
    for column in head:
        table.add_column(column, justify="left" if column in {"side", "goal", "note"} else "right")
    for row in rows:
        table.add_row(*row)
    return table


def page(results: Results, goals: Sequence[Goal], ratios: Mapping[str, float], last: Figures) -> str:
    """docs/performance.md."""
    machine = last["machine"]
    latency, http = results["latency"][0], results["intake over HTTP"][0]
    promised = [goal for goal in goals if goal.met is not None]
    missed = [goal for goal in promised if not goal.met]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        date=last["at"][:10],
        command=last["command"],
        sides=_markdown(HEAD, side_rows(results)),
        goals=_markdown(("goal", "wanted", "found", "", "note"), goal_rows(goals)),
        verdict=f"{len(promised) - len(missed)} of {len(promised)} goals are met." + _missed(missed),
        machine="\n".join(f"- {name.replace('_', ' ')}: {value}" for name, value in machine.items()),
        busy=", ".join(f"{part} {used:.2f}" for part, used in cores_busy(results, ONE).items()),
        cores=machine["cores"],
        latency=f"p50 {latency['p50_ms']} ms, p99 {latency['p99_ms']} ms, longest {latency['max_ms']} ms",
        http=f"{http['per_second']:,} events/s; the sandbox alone gives {http['sandbox_per_second']:,}",
        intake=f"{median(results, ONE, 'intake_per_second'):,.0f}",
        embedded=_markdown(("events", "seconds", "events/s", "CPU µs/event", "peak MB"), embedded_rows(results)),
        **_looking_back(results["looking back"][0]),
        operators=_markdown(_operators_head(results), _operators_rows(results)),
        ratios="\n".join(f"- `{name}`: {value}" for name, value in ratios.items()),
    )


def _operators_head(results: Results) -> Sequence[str]:
    return ("command", *(f"{store}, {results[f'operators {store}'][-1]['entries']:,} entries" for store in STORES))


def _operators_rows(results: Results) -> Iterator[Sequence[str]]:
    """One row a command: seconds beyond the bare start, which is the first row."""
    figures = [results[f"operators {store}"][-1] for store in STORES]
    yield ("the bare start", *(f"{each['start']}" for each in figures))
    for name in figures[0]["beyond_start"]:
        yield (f"`{name}`", *(f"+{each['beyond_start'][name]}" for each in figures))
    yield ("`verify`, nothing new", *(f"+{each['verify_beyond_start']}" for each in figures))
    yield ("`verify --all`", *(f"{each['verify_all_seconds']:,}" for each in figures))


def _looking_back(figures: Figures) -> dict[str, str]:
    names = ("days", "a_month", "versions", "records", "promised", "late")
    return {name: f"{figures[name]:,}" for name in names} | {"worst": f"{figures['records_a_version']}"}


def _missed(missed: Sequence[Goal]) -> str:
    if not missed:
        return ""
    return " Not met: " + "; ".join(f"{goal.what} ({goal.found}, wanted {goal.wanted})" for goal in missed) + "."


def _markdown(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
