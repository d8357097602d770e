"""`lienthong dead replay`: a frozen set goes back to where its letters died, and the bus works until it is at rest."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from rich.console import Console

from lienthong.adapters.clock import SystemClock
from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.data.local_time import local_time
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import LetterStore, ReplayRun
from lienthong.dead_letters.rate_limit import parse_rate
from lienthong.messages import format_number, message, message_n
from lienthong.operations import replays
from lienthong.operations.labels import outlook_label
from lienthong.operations.replays import SHOWN_DIGEST_DIGITS, FrozenSet
from lienthong.runtime.composition import open_storage
from lienthong.runtime.existing_storage import open_letter_store
from lienthong.runtime.project import Project
from lienthong.runtime.replaying import ReplayOrder, run_replay
from lienthong.settings import Settings


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What is to be replayed: these numbers, else this group, else everything parked.

    `expect` is the hash of the set that was shown, or how it begins.
    """

    numbers: Sequence[int] = ()
    group: str = ""
    expect: str = ""
    yes_repeat: bool = False


def letters_per_second(text: str) -> float | None:
    """The rate that `--rate` gives; None when it gives none. Ends the command when it is wrong."""
    try:
        return parse_rate(text) if text else None
    except ValueError:
        text = message("The rate {rate} is wrong; write for example 50/s, 30/m or 10/h.", rate=repr(text))
        context.fail(text, context.USAGE)


def show_dry_run(console: Console, project: Project, request: ReplayRequest, *, as_json: bool) -> int:
    """Show what would be sent and what the routes would do. Nothing is changed."""
    settings = project.settings()
    with open_letter_store(project) as letter_store:
        frozen = _freeze(letter_store, settings, request)
    with closing(open_storage(settings, project.where_a_ledger_is().endpoints, SystemClock())) as storage:
        outlook = replays.outlook(storage.letter_store, frozen, storage.routes())
    if as_json:
        print_json(replays.set_json(frozen) | {"outlook": replays.outlook_json(outlook)})
        return context.FAULT if frozen.unknown else context.OK
    _print_set(console, frozen)
    for one in outlook:
        line = message_n(
            "{stage}: {count} letter, {outcome}",
            "{stage}: {count} letters, {outcome}",
            count=one.count,
            stage=one.stage,
            outcome=outlook_label(one.outcome),
        )
        print_text(console, f"  {line}")
    if frozen.letters.count:
        text = message(
            "Nothing was sent. To send exactly this set, add `--expect {digest}`", digest=frozen.short_digest
        )
        print_text(console, text)
    return context.FAULT if frozen.unknown else context.OK


def replay(
    console: Console, project: Project, request: ReplayRequest, order: ReplayOrder, *, actor: Actor, as_json: bool
) -> int:
    """Send the set and work until it is at rest. The exit code is 1 when a letter died again, or it was stopped."""
    settings = project.settings()
    with open_letter_store(project) as letter_store:
        frozen = _freeze(letter_store, settings, request)
        earlier = replays.earlier_replays(letter_store, frozen, request.expect) if request.expect else ()
    if earlier:
        _print_earlier(console, earlier, as_json=as_json)
        return context.OK
    run = None
    if frozen.letters.count:
        run = run_replay(settings, project.where_a_ledger_is().endpoints, frozen.letters, order, actor=actor)
    if as_json:
        print_json(replays.set_json(frozen) | {"run": replays.run_json(run) if run else None})
    else:
        _print_set(console, frozen)
        _print_run(console, run)
    return context.FAULT if frozen.unknown or (run and (run.died or run.stopped)) else context.OK


def _freeze(letter_store: LetterStore, settings: Settings, request: ReplayRequest) -> FrozenSet:
    return replays.freeze_set(
        letter_store, settings, numbers=request.numbers, group=request.group, allow_repeats=request.yes_repeat
    )


def _print_earlier(console: Console, earlier: Sequence[ReplayRun], *, as_json: bool) -> None:
    if as_json:
        print_json({"already": [replays.run_json(run) for run in earlier]})
        return
    for run in earlier:
        line = message_n(
            "The set {digest} was already replayed by {person} at {time}: {sent} of {count} letter sent, {died} died "
            "again. Nothing was done.",
            "The set {digest} was already replayed by {person} at {time}: {sent} of {count} letters sent, {died} died "
            "again. Nothing was done.",
            count=run.count,
            digest=run.digest[:SHOWN_DIGEST_DIGITS],
            person=run.who,
            time=local_time(run.began_at),
            sent=format_number(run.sent),
            died=format_number(run.died),
        )
        print_text(console, line)


def _print_set(console: Console, frozen: FrozenSet) -> None:
    for number in frozen.unknown:
        print_text(console, message("There is no dead letter number {number}.", number=number))
    for why, count in frozen.letters.skipped.items():
        line = message_n(
            "{count} letter is left out: {why}.", "{count} letters are left out: {why}.", count=count, why=why
        )
        print_text(console, line)
    if not frozen.letters.count:
        print_text(console, message("There is no letter to replay."))
        return
    line = message_n(
        "The set: {count} letter, hash {digest}.",
        "The set: {count} letters, hash {digest}.",
        count=frozen.letters.count,
        digest=frozen.short_digest,
    )
    print_text(console, line)


def _print_run(console: Console, run: ReplayRun | None) -> None:
    if run is None:
        return
    sent = message_n(
        "{count} letter was replayed; {died} died again.",
        "{count} letters were replayed; {died} died again.",
        count=run.sent,
        died=format_number(run.died),
    )
    print_text(console, sent)
    if run.waiting:
        waiting = message_n(
            "{count} letter waits for a retry; the bus goes on with it.",
            "{count} letters wait for a retry; the bus goes on with them.",
            count=run.waiting,
        )
        print_text(console, waiting)
    if run.stopped:
        stopped = message_n(
            "Stopped: {why}; {count} letter was not sent.",
            "Stopped: {why}; {count} letters were not sent.",
            count=run.count - run.sent,
            why=run.stopped,
        )
        print_text(console, stopped, "red")
    if run.died:
        print_text(console, message("See the causes: `lienthong dead groups`."))
