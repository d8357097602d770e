"""What a sink has recorded is true, also where its route has decided otherwise after an attempt that left no entry."""

from collections.abc import Callable, Sequence

import pytest

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.ledger.records import Account, DeadLetter, Verdict
from lienthong.maintenance.corrections import Corrections
from lienthong.outcome import Dead, Done, Dropped, Later, Outcome
from lienthong.ports import Transaction
from lienthong.processing.stage import Stage
from lienthong.retry import RetryPolicy
from tests.events import DAY, entry, event

ROUTE, SINK, OTHER = "route.a", "sink.b", "sink.c"
A, B = event("a"), event("b")


def corrections(ledger: SqlLedger, now: Outcome | None = None, to: tuple[str, ...] = (SINK, OTHER)) -> Corrections:
    """`now`: what the route decides today."""

    def handle(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return [now or Dead("no") for _ in envelopes]

    return Corrections({ROUTE: Stage(ROUTE, handle, RetryPolicy(), to)}, ledger)


def receive(ledger: SqlLedger, *events: Envelope) -> None:
    with ledger.transaction() as transaction:
        transaction.receive(events, source="igate", to=(ROUTE,), cursor={})


def decide(
    ledger: SqlLedger, what: Envelope, verdict: Verdict, *, stage: str = ROUTE, to: tuple[str, ...] = ()
) -> None:
    letters = [DeadLetter(0, what, stage, 1, 1, "Rejected", None, "no", DAY)] if verdict == "dead" else []
    with ledger.transaction() as transaction:
        transaction.record([entry(what, stage, verdict, to=to, reason="no" if letters else "")], letters)
    ledger.keep_sums()


def verdicts(ledger: SqlLedger, what: Envelope = A) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(e.stage, e.verdict, e.to) for e in ledger.trail(what.id)]


def open_stages(ledger: SqlLedger) -> set[str]:
    return {item.stage for item in ledger.open_items()}


def require_sound(ledger: SqlLedger) -> None:
    assert list(ledger.verify()) == []
    assert ledger.balance().faults == ()
    assert ledger.in_flight() == len(list(ledger.open_items()))


def test_a_dead_event_that_its_sink_has_is_delivered_and_its_letter_is_closed(ledger: SqlLedger) -> None:
    receive(ledger, A)
    decide(ledger, A, "dead")
    decide(ledger, A, "done", stage=SINK)
    assert ledger.in_flight() == -1
    assert ledger.balance().faults
    assert corrections(ledger, to=(SINK,)).run() == 1
    assert verdicts(ledger)[1:] == [
        (ROUTE, "dead", ()),
        (SINK, "done", ()),
        (ROUTE, "replayed", ()),
        (ROUTE, "done", (SINK,)),
    ]
    assert ledger.letters() == []
    assert ledger.balance().sources["igate"] == Account(received=1, delivered=1)
    require_sound(ledger)


def test_sinks_that_a_dead_event_has_not_reached_are_open_for_it(ledger: SqlLedger) -> None:
    receive(ledger, A)
    decide(ledger, A, "dead")
    decide(ledger, A, "done", stage=SINK)
    assert corrections(ledger).run() == 1
    assert open_stages(ledger) == {OTHER}
    require_sound(ledger)


def test_only_sinks_that_the_route_chooses_are_open_for_an_event_that_it_passes_on_again(ledger: SqlLedger) -> None:
    receive(ledger, A)
    decide(ledger, A, "dead")
    decide(ledger, A, "done", stage=SINK)
    assert corrections(ledger, Done(A, to=(SINK,))).run() == 1
    assert open_stages(ledger) == set()
    require_sound(ledger)


def test_without_a_lookup_it_is_not_known_where_a_dead_event_goes(ledger: SqlLedger) -> None:
    receive(ledger, A)
    decide(ledger, A, "dead")
    decide(ledger, A, "done", stage=SINK)
    with pytest.raises(Transient, match="down"):
        corrections(ledger, Later("down")).run()
    assert len(ledger.letters()) == 1
    assert corrections(ledger).run() == 1


def test_an_event_that_waits_for_a_lookup_keeps_no_other_from_its_correction(ledger: SqlLedger) -> None:
    receive(ledger, A, B)
    for one in (A, B):
        decide(ledger, one, "dead")
        decide(ledger, one, "done", stage=SINK)

    def handle(envelopes: Sequence[Envelope], _: Transaction) -> Sequence[Outcome]:
        return [Later("down") if one.id == A.id else Dead("no") for one in envelopes]

    with pytest.raises(Transient, match="down"):
        Corrections({ROUTE: Stage(ROUTE, handle, RetryPolicy(), (SINK,))}, ledger).run()
    assert [letter.envelope.id for letter in ledger.letters()] == [A.id]
    assert corrections(ledger).run() == 1
    require_sound(ledger)


def _discard(ledger: SqlLedger) -> None:
    decide(ledger, A, "dead")
    (letter,) = ledger.letters()
    with ledger.transaction() as transaction:
        transaction.unpark(letter.number, "discarded")
        transaction.record([entry(A, ROUTE, "discarded", turn=2)])


def _pass_on_to_the_other(ledger: SqlLedger) -> None:
    decide(ledger, A, "done", to=(OTHER,))
    decide(ledger, A, "done", stage=OTHER)


@pytest.mark.parametrize(
    "otherwise",
    [
        lambda ledger: decide(ledger, A, "dropped"),
        _pass_on_to_the_other,
        _discard,
    ],
    ids=["dropped", "to another sink", "discarded"],
)
def test_beside_another_verdict_the_event_was_passed_on_as_well(
    otherwise: Callable[[SqlLedger], None], ledger: SqlLedger
) -> None:
    receive(ledger, A)
    otherwise(ledger)
    decide(ledger, A, "done", stage=SINK)
    assert corrections(ledger, Dropped("no")).run() == 1
    assert verdicts(ledger)[-1] == (ROUTE, "passed", (SINK,))
    assert ledger.balance().sources["igate"] == Account(received=1, delivered=1)
    require_sound(ledger)


def test_each_sink_that_turns_up_later_is_added(ledger: SqlLedger) -> None:
    receive(ledger, A)
    decide(ledger, A, "dropped")
    for sink in (SINK, OTHER):
        decide(ledger, A, "done", stage=sink)
        assert corrections(ledger).run() == 1
        assert verdicts(ledger)[-1] == (ROUTE, "passed", (sink,))
        require_sound(ledger)


def test_an_event_that_died_at_its_sink_too_is_dead_there_only(ledger: SqlLedger) -> None:
    receive(ledger, A)
    decide(ledger, A, "dead")
    decide(ledger, A, "dead", stage=SINK)
    assert corrections(ledger, to=(SINK,)).run() == 1
    assert [letter.stage for letter in ledger.letters()] == [SINK]
    assert ledger.balance().sources["igate"] == Account(received=1, dead=1)
    require_sound(ledger)


def test_a_late_attempt_of_the_route_changes_nothing_any_more(ledger: SqlLedger) -> None:
    receive(ledger, A)
    decide(ledger, A, "dropped")
    decide(ledger, A, "done", stage=SINK)
    corrections(ledger).run()
    with ledger.transaction() as transaction:
        assert transaction.record([entry(A, ROUTE, "done", to=(SINK,), turn=5)]) == ()
    require_sound(ledger)


def test_events_that_others_explain_stay_as_they_are(ledger: SqlLedger) -> None:
    """One is at a sink of no configured route; of the other the route has not decided yet."""
    receive(ledger, A, B)
    decide(ledger, A, "dropped")
    decide(ledger, A, "done", stage="sink.unknown")
    decide(ledger, B, "later")
    decide(ledger, B, "done", stage=SINK)
    decide(ledger, B, "done", stage=OTHER)
    before = [*verdicts(ledger), *verdicts(ledger, B)]
    look = corrections(ledger)
    assert look.run() == 0
    assert look.run() == 0
    assert [*verdicts(ledger), *verdicts(ledger, B)] == before
    with ledger.transaction() as transaction:
        transaction.record([entry(B, ROUTE, "dropped", turn=2)])
    assert look.run() == 0, "the same number of contradictions: nothing is looked through again"
    assert corrections(ledger).run() == 1
