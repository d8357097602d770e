"""Events that no message can hold: each is a dead letter of the stage that it could not reach."""

from collections.abc import Sequence
from dataclasses import replace

from lienthong.envelope import Bundle, Envelope
from lienthong.errors import EventsTooLarge
from lienthong.messages import format_number, message
from lienthong.outcome import Dead, Outcome
from lienthong.ports import Broker, Clock, Ledger, Transaction
from lienthong.processing.effects import plan_effects
from lienthong.processing.parts import Part
from lienthong.processing.stage import Stage
from lienthong.retry import RetryPolicy


def too_large(size: int, limit: int) -> Dead:
    """The outcome of an event whose message has `size` bytes where the broker takes `limit`."""
    why = message(
        "the message for the next stage has {size} bytes, and the broker takes {limit} bytes at most",
        size=format_number(size),
        limit=format_number(limit),
    )
    return Dead(why, error="TooLarge")


def with_deaths(outcomes: Sequence[Outcome], bundle: Bundle, error: EventsTooLarge) -> Sequence[Outcome]:
    """The outcomes of a bundle, where the events that are too large to go on are dead."""
    sizes = error.sizes
    return [
        too_large(sizes[envelope.id], error.limit) if envelope.id in sizes else outcome
        for envelope, outcome in zip(bundle.envelopes, outcomes, strict=True)
    ]


def parts_after_refusal(
    part: Part, outcomes: Sequence[Outcome], error: EventsTooLarge, *, stage: Stage
) -> Sequence[Part]:
    """What is left of a part whose `outcomes` could not be published. The transaction of its attempt was rolled back.

    What a sink had stored through that transaction is gone, so it is asked again for the events that are not too large.
    A route is pure: its outcomes still hold. What was on its way to quarantine has none; the rest goes there.
    """
    bundle = part.bundle
    if not part.to_quarantine and (part.outcomes is not None or not stage.name.startswith("sink.")):
        return [Part(bundle, with_deaths(outcomes, bundle, error))]
    guilty = tuple(each for each in bundle.envelopes if each.id in error.sizes)
    fitting = tuple(each for each in bundle.envelopes if each.id not in error.sizes)
    deaths = [too_large(error.sizes[each.id], error.limit) for each in guilty]
    buried = Part(replace(bundle, envelopes=guilty), deaths)
    return [replace(part, bundle=replace(bundle, envelopes=fitting)), buried] if fitting else [buried]


def publish_bundles(bundles: Sequence[Bundle], *, broker: Broker, ledger: Ledger, clock: Clock) -> None:
    """Publish bundles whose events the ledger has as handed to their stages.

    An event that is too large dies at its stage, and the others are published. Raises `Transient`.
    """
    try:
        broker.publish(bundles)
    except EventsTooLarge as error:
        fitting = [bundle for each in bundles if (bundle := _bury(each, error, ledger, clock)) is not None]
        # What the broker takes may have been learnt just now, so other events may be too large for what is known now.
        if fitting:
            publish_bundles(fitting, broker=broker, ledger=ledger, clock=clock)


def _bury(bundle: Bundle, error: EventsTooLarge, ledger: Ledger, clock: Clock) -> Bundle | None:
    """Record the deaths of the bundle's events that are too large. Returns the bundle of the others, if any."""
    guilty = tuple(envelope for envelope in bundle.envelopes if envelope.id in error.sizes)
    if not guilty:
        return bundle
    deaths = [too_large(error.sizes[envelope.id], error.limit) for envelope in guilty]
    stage = Stage(bundle.queue, _no_work, RetryPolicy())
    effects = plan_effects(stage, replace(bundle, envelopes=guilty), deaths, now=clock.now())
    with ledger.transaction() as transaction:
        transaction.record(effects.entries, effects.letters)
    fitting = tuple(envelope for envelope in bundle.envelopes if envelope.id not in error.sizes)
    return replace(bundle, envelopes=fitting) if fitting else None


def _no_work(_envelopes: Sequence[Envelope], _transaction: Transaction) -> Sequence[Outcome]:
    raise AssertionError("the outcomes are known")
