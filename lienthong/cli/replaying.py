"""`lienthong dead replay`: a frozen set goes back to where its letters died, and the bus works until it is at rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.letters import moment, print_json
from lienthong.cli.tables import number as n
from lienthong.dead_letters.actions import LETTERS_PER_TRANSACTION
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.dry_run import dry_run
from lienthong.dead_letters.model import LetterFilter, LetterStore, LetterSummary, ReplayRun
from lienthong.dead_letters.rate_limit import RateLimiter, parse_rate
from lienthong.dead_letters.replay import Replay, ReplayOptions, WaitForOutcomes
from lienthong.dead_letters.replay_set import ReplayRules, ReplaySet, freeze
from lienthong.runtime.composition import Bus, build, open_storage
from lienthong.runtime.existing_storage import open_letter_store
from lienthong.runtime.project import Project
from lienthong.runtime.runner import Runner
from lienthong.settings import Settings
from lienthong.topology import route_queue, sink_queue

WATCHED = timedelta(minutes=2)
"""How long durable queues are watched for an answer before letters count as waiting."""

SHORTEST = 8
"""Digits of a set's digest that say which one is meant."""

WORDS = {
    "deliver": "sẽ được giao lại",
    "done": "tuyến nay nhận được",
    "dropped": "tuyến nay bỏ qua",
    "later": "chưa tra cứu được",
    "dead": "tuyến vẫn không nhận",
}


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What the command line asks for: these numbers, else this group, else everything; and how."""

    numbers: Sequence[int]
    group: str = ""
    expect: str = ""
    canary: int = 0
    rate: float | None = None
    stop_on: int = 0
    yes_repeat: bool = False


def letters_per_second(text: str) -> float | None:
    """Letters a second, or out."""
    try:
        return parse_rate(text) if text else None
    except ValueError:
        context.fail(f"Tốc độ {text!r} không đúng; hãy viết ví dụ 50/s, 30/m hoặc 10/h.", context.USAGE)


def show_dry_run(console: Console, project: Project, asked: ReplayRequest, *, as_json: bool) -> int:
    """Say what would be sent and what routes would make of it. Nothing is changed."""
    settings = project.settings()
    with open_letter_store(project) as letter_store:
        frozen, unknown = _frozen(letter_store, settings, asked)
    storage = open_storage(settings, project.endpoints, SystemClock())
    try:
        outlook = dry_run(storage.letter_store, frozen.numbers, storage.routes())
    finally:
        storage.close()
    if as_json:
        stages = [{"stage": stage, "outcome": word, "count": count} for (stage, word), count in sorted(outlook.items())]
        print_json(_set_json(frozen, unknown) | {"outlook": stages})
        return context.FAULT if unknown else context.OK
    _say_set(console, frozen, unknown)
    for (stage, word), count in sorted(outlook.items()):
        console.print(f"  {stage}: {n(count)} thư {WORDS[word]}", highlight=False)
    if frozen.count:
        console.print(f"Chưa gửi gì. Để gửi đúng tập này: thêm --expect {frozen.digest[:12]}", highlight=False)
    return context.FAULT if unknown else context.OK


def replay(console: Console, project: Project, asked: ReplayRequest, *, actor: Actor, as_json: bool) -> int:
    """Send the set and work until it is at rest. Exit code 1 when a letter died again, or it was stopped."""
    settings = project.settings()
    with open_letter_store(project) as letter_store:
        frozen, unknown = _frozen(letter_store, settings, asked)
        if not _is_expected(console, letter_store, frozen, asked.expect, as_json=as_json):
            return context.OK
    run = None
    if frozen.count:
        bus = build(settings, project.endpoints, SystemClock())
        with Runner(bus) as runner:
            run = _ready(bus, runner, asked, actor).run(frozen)
    if as_json:
        print_json(_set_json(frozen, unknown) | {"run": _run_json(run) if run else None})
    else:
        _say_set(console, frozen, unknown)
        _say_run(console, run)
    return context.FAULT if unknown or (run and (run.died or run.stopped)) else context.OK


def _ready(bus: Bus, runner: Runner, asked: ReplayRequest, who: Actor) -> Replay:
    """A replay on a running bus, after what an earlier process left open was handed over."""
    letter_store, clock = bus.storage.letter_store, bus.storage.clock
    runner.recover()

    def pause(span: timedelta) -> None:
        runner.stop.wait(span.total_seconds())

    return Replay(
        letter_store,
        bus.broker,
        options=ReplayOptions(asked.canary, asked.stop_on),
        rate_limiter=RateLimiter(asked.rate, clock, pause),
        who=who,
        wait_for_outcomes=_rest(bus, runner),
    )


def _rest(bus: Bus, runner: Runner) -> WaitForOutcomes:
    """Embedded queues say themselves when nothing is left to do; with durable ones the ledger is watched."""

    def watch(numbers: Sequence[int]) -> None:
        until = bus.storage.clock.now() + WATCHED
        while (
            _any_waits(bus.storage.letter_store, numbers)
            and bus.storage.clock.now() < until
            and not runner.stop.wait(0.25)
        ):
            runner.check()

    return watch if bus.broker.durable else lambda _: runner.wait_until_idle()


def _any_waits(letter_store: LetterStore, numbers: Sequence[int]) -> bool:
    slices = (
        numbers[start : start + LETTERS_PER_TRANSACTION] for start in range(0, len(numbers), LETTERS_PER_TRANSACTION)
    )
    return any("waiting" in letter_store.letters.fates(some).values() for some in slices)


def _frozen(letter_store: LetterStore, settings: Settings, asked: ReplayRequest) -> tuple[ReplaySet, Sequence[int]]:
    """The set, and the numbers that do not exist."""
    stages = {*map(route_queue, settings.routes), *map(sink_queue, settings.sinks)}
    rules = ReplayRules(stages, settings.sinks, allow_repeats=asked.yes_repeat)
    if not asked.numbers:
        return freeze(letter_store.letters.search(LetterFilter(group=asked.group)), rules), ()
    lines: Sequence[LetterSummary] = letter_store.letters.summaries(asked.numbers)
    return freeze(lines, rules), sorted(set(asked.numbers) - {line.number for line in lines})


def _is_expected(console: Console, letter_store: LetterStore, frozen: ReplaySet, expect: str, *, as_json: bool) -> bool:
    """Whether the set is the one that was seen. False when that one was replayed before; out when it changed."""
    if not expect or (len(expect) >= SHORTEST and frozen.count and frozen.matches(expect)):
        return True
    if len(expect) < SHORTEST:
        context.fail(f"--expect cần ít nhất {SHORTEST} ký tự đầu của mã tập.", context.USAGE)
    before = letter_store.replays.find(expect.casefold())
    if not before:
        now = f"nay là {n(frozen.count)} thư, mã {frozen.digest[:12]}" if frozen.count else "nay không còn thư nào"
        context.fail(f"Tập thư đã đổi từ lúc xem ({now}); chưa gửi gì. Hãy xem lại bằng --dry-run.")
    if as_json:
        print_json({"already": [_run_json(run) for run in before]})
    for run in before if not as_json else ():
        console.print(
            f"Tập {run.digest[:12]} đã được {run.who} chạy lại lúc {moment(run.began_at)}: gửi {n(run.sent)} trên "
            f"{n(run.count)} thư, {n(run.died)} thư lại chết. Không làm gì.",
            highlight=False,
        )
    return False


def _say_set(console: Console, frozen: ReplaySet, unknown: Iterable[int]) -> None:
    for number in unknown:
        console.print(f"Không có thư chết số {number}.")
    for why, count in frozen.skipped.items():
        console.print(f"Bỏ qua {n(count)} thư: {why}.", highlight=False)
    if frozen.count:
        console.print(f"Tập: {n(frozen.count)} thư, mã {frozen.digest[:12]}.", highlight=False)
    else:
        console.print("Không có thư nào để chạy lại.")


def _say_run(console: Console, run: ReplayRun | None) -> None:
    if run is None:
        return
    console.print(f"Đã chạy lại {n(run.sent)} thư; {n(run.died)} thư lại chết.", highlight=False)
    if run.waiting:
        console.print(f"{n(run.waiting)} thư còn chờ thử lại; trục sẽ làm tiếp.", highlight=False)
    if run.stopped:
        console.print(f"[red]Đã dừng[/]: {run.stopped}; {n(run.count - run.sent)} thư chưa gửi.", highlight=False)
    if run.died:
        console.print("Xem nguyên nhân: `lienthong dead groups`.")


def _set_json(frozen: ReplaySet, unknown: Sequence[int]) -> dict[str, object]:
    return {
        "set": {"count": frozen.count, "hash": frozen.digest},
        "skipped": [{"count": count, "why": why} for why, count in frozen.skipped.items()],
        "unknown": list(unknown),
    }


def _run_json(run: ReplayRun) -> Mapping[str, object]:
    return {
        "number": run.number,
        "hash": run.digest,
        "who": run.who,
        "began_at": run.began_at.isoformat(),
        "count": run.count,
        "sent": run.sent,
        "died": run.died,
        "waiting": run.waiting,
        "stopped": run.stopped or None,
    }
