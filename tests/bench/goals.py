"""The goals, and whether the figures meet them."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.bench.plan import FORWARDERS, LARGE, ONE, PEERS, SMALL, STORES, TWO, two
from tests.bench.watching import Figures

Results = Mapping[str, Sequence[Figures]]
"""All runs, by side."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal; `met` is None where only the figure is wanted. `note` adds what the figure alone does not show."""

    what: str
    wanted: str
    found: str
    met: bool | None
    note: str = ""


def median(results: Results, side: str, figure: str = "per_second") -> float:
    """The middle of all runs of a side."""
    return float(statistics.median(run[figure] for run in results[side]))


def best_peer(results: Results) -> str:
    """The fastest peer that does the same job, with one process or two."""
    return max((*PEERS, *map(two, PEERS)), key=lambda peer: median(results, peer))


def ratios(results: Results) -> dict[str, float]:
    """Lienthong compared with its peers, and with itself.

    `best_peer` and `pika_forward` compare two Lienthong processes with the best peer (of one process or two) and with
    the bare forwarder of one process. Names that end in `_one` compare one process with one.
    """
    one, ours = median(results, ONE), median(results, TWO)
    embedded = sorted((side for side in results if side.startswith("embedded")), key=lambda side: int(side.split()[1]))
    few, many = (results[side][0] for side in (embedded[0], embedded[-1]))
    found = {
        "best_peer": ours / median(results, best_peer(results)),
        "best_peer_one": one / max(median(results, peer) for peer in PEERS),
        **{f"{peer}_one": one / median(results, peer) for peer in PEERS},
        **{f"{peer}_two": ours / median(results, two(peer)) for peer in PEERS},
        "pika_forward": ours / median(results, FORWARDERS[0]),
        "pika_forward_one": one / median(results, FORWARDERS[0]),
        "pika_forward_two": ours / median(results, two(FORWARDERS[0])),
        "pika_forward_blocking_one": one / median(results, FORWARDERS[1]),
        "apart_to_one": median(results, "lienthong apart") / one,
        "two_to_one": ours / one,
        "large_to_small": median(results, LARGE) / median(results, SMALL),
        "memory_large_to_small": median(results, LARGE, "peak_mb") / median(results, SMALL, "peak_mb"),
        "embedded_goal": many["per_second"] / 2000,
        "embedded_large_to_small": many["per_second"] / few["per_second"],
        "embedded_memory_large_to_small": many["peak_mb"] / few["peak_mb"],
    }
    return {name: round(ratio, 2) for name, ratio in found.items()}


def goals(results: Results, cores: int) -> list[Goal]:
    """Every goal of the comparison, met or not."""
    ratio = ratios(results)
    http, latency, large = (results[side][0] for side in ("intake over HTTP", "latency", LARGE))
    check, help_ = (results[side][0]["seconds"] for side in ("check", "help"))
    million = large["verify_seconds_a_million"]
    verify_memory = large["verify_peak_mb"] / median(results, SMALL, "verify_peak_mb")
    few = f"{results[SMALL][0]['events']:,}"
    return [
        _at_least(
            f"two processes against the best peer ({best_peer(results)})",
            ratio["best_peer"],
            12,
            "x",
            _one(ratio["best_peer_one"]),
        ),
        _at_least(
            "two processes against the bare pika forwarder",
            ratio["pika_forward"],
            1,
            "x",
            _one(ratio["pika_forward_one"]),
        ),
        _at_least("intake over HTTP", http["per_second"], 5000, " events/s")
        if http["sandbox_per_second"] >= 5000
        else _beside("intake over HTTP", http["per_second"], http["sandbox_per_second"]),
        _at_least(f"rate at {large['events']:,} events against {few}", ratio["large_to_small"], 0.9, "x"),
        _below("worker memory at its highest", large["peak_mb"], 250, " MB"),
        _below("worker memory, all against half of the way", large["peak_mb"] / (large["half_mb"] or 1), 1.1, "x"),
        Goal("two worker sets against one", "–", f"{ratio['two_to_one']}x", None, limit(results, cores)),
        _below("verify over 1,000,000 ledger rows", million, 60, " s", f"measured over {large['ledger_rows']:,} rows"),
        _below("memory of verify, many rows against few", verify_memory, 1.2, "x"),
        _below("check over 200 routes", check, 1.5, " s"),
        _below("--help", help_, 0.4, " s"),
        _below("intake to stored at 500 events/s, p50", latency["p50_ms"], 100, " ms"),
        _below("intake to stored at 500 events/s, p99", latency["p99_ms"], 500, " ms"),
        *_questions(results["questions"][0]),
        _at_least("embedded on SQLite, many events", 2000 * ratio["embedded_goal"], 2000, " events/s"),
        _below("embedded memory, many against few", ratio["embedded_memory_large_to_small"], 1.2, "x"),
        *_looking_back(results["looking back"][0]),
        *(goal for store in STORES for goal in _operators(store, *results[f"operators {store}"])),
    ]


def _questions(figures: Figures) -> list[Goal]:
    """What an officer waits for, beside an endpoint without a bus on the same machine in the same run."""
    beside = f"the bare endpoint: {figures['bare_p99_ms']} ms, {figures['people']:,} persons"
    rate = f"{figures['events_passed_per_second']:,} events/s"
    return [
        _at_least("questions a second against a bare endpoint", figures["ratio"], 0.5, "x"),
        _below(f"question while {rate} pass, p99", figures["p99_ms"], 20, " ms", beside),
    ]


def _operators(store: str, few: Figures, many: Figures) -> list[Goal]:
    """What operators wait for on a long history, beyond the start of a command."""
    seconds = many["beyond_start"] | {"verify": many["verify_beyond_start"]}
    slowest = max(seconds, key=lambda name: float(seconds[name]))
    of = f"{store}, {many['entries']:,} ledger entries"
    memory = many["verify_all_peak_mb"] / few["verify_all_peak_mb"]
    everything = f"{many['verify_all_seconds']:,} s, {many['verify_all_peak_mb']} MB"
    return [
        _below(f"{of}: the slowest command, beyond its start", seconds[slowest], 1, " s", f"`{slowest}`"),
        _below(f"{of}: memory of `verify --all` against {few['entries']:,}", memory, 1.2, "x", everything),
    ]


def _looking_back(figures: Figures) -> list[Goal]:
    """What the tiers of iGate cost in the worst of the simulated days, and whether they keep what they promise."""
    about = f"{figures['versions']:,} new versions of {figures['a_month']:,} dossiers a month, polled every minute"
    found = f"{figures['late']} of {figures['promised']:,}"
    return [
        _below("iGate's records read for each new version, the worst day", figures["records_a_version"], 6, "", about),
        Goal("changes found later than their tier promises", "0", found, figures["late"] == 0),
    ]


def limit(results: Results, cores: int) -> str:
    """Which part limits two worker sets, by the cores each part kept busy."""
    busy = cores_busy(results, TWO)
    shares = ", ".join(f"{part} {used:.2f}" for part, used in busy.items())
    if sum(busy.values()) > 0.85 * cores:
        return f"all {cores} cores are busy: {shares}; the largest share is that of {max(busy, key=lambda p: busy[p])}"
    return f"cores are free ({shares} of {cores} busy): the limit is waiting for commits, confirms and locks"


def cores_busy(results: Results, side: str) -> dict[str, float]:
    """How many cores each part kept busy, the median of the runs."""
    runs = results[side]
    parts = runs[0]["cpu_us"]
    return {part: statistics.median(run["cpu_us"][part] * run["per_second"] / 1e6 for run in runs) for part in parts}


def _one(ratio: float) -> str:
    return f"one process against one: {_short(ratio)}x"


def _at_least(what: str, found: float, wanted: float, unit: str, note: str = "") -> Goal:
    return Goal(what, f"≥ {wanted:,}{unit}", f"{_short(found)}{unit}", found >= wanted, note)


def _below(what: str, found: float, wanted: float, unit: str, note: str = "") -> Goal:
    return Goal(what, f"< {wanted:,}{unit}", f"{_short(found)}{unit}", found < wanted, note)


def _beside(what: str, found: float, sandbox: float) -> Goal:
    """The sandbox is slower than the goal: its own limit counts."""
    wanted = f"near the sandbox's limit, {sandbox:,.0f} events/s"
    return Goal(what, wanted, f"{found:,.0f} events/s", found >= 0.8 * sandbox)


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 1000 else f"{number:,.4g}"
