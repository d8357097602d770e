"""The kinds of jobs: what each does, and what its result is. All of it is what the command line does, too."""

from collections.abc import Mapping
from typing import Any

from lienthong.console.context import ConsoleContext
from lienthong.console.job_runner import Progress, Work
from lienthong.dead_letters.actor import Actor
from lienthong.dead_letters.model import ReplayRun
from lienthong.dead_letters.rate_limit import parse_rate
from lienthong.messages import message
from lienthong.operations import letters, replays
from lienthong.operations.verification import verification_json, verify
from lienthong.runtime.replaying import ReplayOrder, run_replay

PREVIEW, REPLAY, DISCARD, VERIFY = "replay-preview", "replay", "discard", "verify"


def preview(context: ConsoleContext, order: Mapping[str, Any]) -> Work:
    """What a replay would send and come to. Nothing is sent. The result is that of `dead replay --dry-run --json`."""

    def work(progress: Progress) -> Mapping[str, Any]:
        storage = context.storage
        frozen = _freeze(context, order)
        progress.total = progress.done = frozen.letters.count
        found = replays.outlook(storage.letter_store, frozen, storage.routes())
        return replays.set_json(frozen) | {"outlook": replays.outlook_json(found)}

    return work


def replay(context: ConsoleContext, order: Mapping[str, Any], actor: Actor) -> Work:
    """Send the set that a preview showed. The result is that of `dead replay --json`.

    Raises `NotAllowed` when the set has changed since.
    """

    def work(progress: Progress) -> Mapping[str, Any]:
        settings = context.project.settings()
        frozen = _freeze(context, order)
        progress.total = frozen.letters.count
        earlier = replays.earlier_replays(context.storage.letter_store, frozen, order["expect"])
        if earlier:
            return {"already": [replays.run_json(run) for run in earlier]}

        def observe(run: ReplayRun) -> str:
            progress.done = run.sent
            return message("a person stopped it") if progress.stop.is_set() else ""

        rate = parse_rate(order["rate"]) if order["rate"] else None
        careful = ReplayOrder(order["canary"], order["stop_on"], rate)
        run = run_replay(settings, context.endpoints, frozen.letters, careful, actor=actor, observe=observe)
        return replays.set_json(frozen) | {"run": replays.run_json(run)}

    return work


def discard(context: ConsoleContext, order: Mapping[str, Any], actor: Actor) -> Work:
    """Give letters up: those of a group, or these numbers."""

    def work(progress: Progress) -> Mapping[str, Any]:
        store, reason = context.storage.letter_store, order["reason"]
        if order["group"]:
            found = letters.discard_group(store, order["group"], actor=actor, reason=reason)
        else:
            found = letters.discard_letters(store, order["numbers"], actor=actor, reason=reason)
        progress.done = progress.total = len(found.discarded)
        return {"discarded": len(found.discarded), "earlier": len(found.earlier), "missing": len(found.missing)}

    return work


def verification(context: ConsoleContext, order: Mapping[str, Any]) -> Work:
    """Verify the ledger, and what sinks keep. The result is that of `verify --json`."""

    def work(progress: Progress) -> Mapping[str, Any]:
        storage = context.storage
        found = verify(storage.ledger, everything=order["everything"], sinks=storage.provable_sinks())
        progress.done = progress.total = found.blocks
        return verification_json(found)

    return work


def _freeze(context: ConsoleContext, order: Mapping[str, Any]) -> replays.FrozenSet:
    return replays.freeze_set(
        context.storage.letter_store,
        context.storage.settings,
        numbers=order["numbers"],
        group=order["group"],
        allow_repeats=order["repeats"],
    )
