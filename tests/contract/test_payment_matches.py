"""The matching of payments on every database: announced once, whatever comes first, doubled, killed or at once."""

import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import Engine, text

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.outcome import Done
from lienthong.ports import Record, Site, SourceName
from schemas.canonical.payment_v1 import Payment
from store.dossier_facts import DossierFacts
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.store.events import NOON, dossier, payment, submission

IGATE = SourceName("igate")
CODE = "000.00.31.H08-231107-0001"
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(NOON + 2 * HOUR)


def sink(database: Engine, clock: ReplayClock, **options: Any) -> DataStore:
    return DataStore(Site(clock, database), match_payments=True, **options)


def deliver(database: Engine, clock: ReplayClock, *events: Envelope, **options: Any) -> list[Record]:
    """What the sink hands back about a bundle."""
    with committed(database) as transaction:
        outcomes = sink(database, clock, **options).deliver(events, transaction)
    return [record for outcome in outcomes if isinstance(outcome, Done) for record in outcome.follow_ups]


def states(records: Sequence[Record]) -> list[tuple[Any, ...]]:
    """Of each event: the transaction, its dossier when it was matched, what it doubles, its flags."""
    payments = [Payment.model_validate(record.body) for record in records]
    assert [record.key for record in records] == [one.transaction for one in payments]
    return [(one.transaction, one.matched and one.dossier, one.doubles, " ".join(one.quality)) for one in payments]


def latest(records: Sequence[Record]) -> Mapping[str, tuple[Any, ...]]:
    """What a subscriber has of each transaction at the end."""
    return {transaction: tuple(more) for transaction, *more in states(records)}


def paid(name: str, minutes: int, **facts: Any) -> Envelope:
    moment = NOON + timedelta(minutes=minutes)
    return payment(name, **{"dossier": CODE, "paid_at": moment, "received_at": moment, **facts})


UNKNOWN = ("GD1", None, None, "unmatched")
"""The state of a payment of which nothing is known but itself."""

FIRST, SECOND = paid("GD1", 1, quality=["unmatched"]), paid("GD2", 2)


def test_a_payment_after_its_dossier_is_announced_with_it(database: Engine, clock: ReplayClock) -> None:
    assert deliver(database, clock, dossier(CODE, source="dvcqg", fee=9000)) == []
    (record,) = deliver(database, clock, FIRST)
    assert states([record]) == [("GD1", CODE, None, "amount-differs")]
    matched = {"procedure": "1.001193", "agency": "000.00.31.H08", "fee": 9000}
    assert matched.items() <= record.body["matched"].items()
    assert deliver(database, clock, FIRST) == [], "a delivery that comes again"
    assert deliver(database, clock, dossier(CODE, status=9, fee=9000, updated_at=NOON + HOUR)) == []


@pytest.mark.parametrize("makes", [dossier(CODE), dossier(CODE, source="dvcqg"), submission(CODE)])
def test_a_payment_before_its_dossier_is_announced_when_that_comes(
    makes: Envelope, database: Engine, clock: ReplayClock
) -> None:
    assert states(deliver(database, clock, FIRST)) == [UNKNOWN]
    assert deliver(database, clock, dossier("000.00.31.H08-231107-0002"), FIRST) == []
    assert states(deliver(database, clock, makes)) == [("GD1", CODE, None, "")]
    assert deliver(database, clock, makes) == []


def test_another_order_ends_in_the_same(database: Engine, clock: ReplayClock) -> None:
    for number, order in enumerate(list(permutations(range(4)))[::3]):
        code = f"000.00.31.H08-231107-{number:04}"
        more = {"dossier": code}
        names = [f"{letter}{number:02}" for letter in "ABC"]
        events = [paid(name, place, **more) for place, name in enumerate(names)] + [dossier(code, fee=8000)]
        records = [record for place in order for record in deliver(database, clock, events[place])]
        a, b, c = names
        expected = {a: (code, None, ""), b: (code, a, "doubled"), c: (code, b, "doubled")}
        assert latest(records) == expected, order
        assert deliver(database, clock, *events) == []


def test_payments_that_double_each_other_need_no_dossier(database: Engine, clock: ReplayClock) -> None:
    assert states(deliver(database, clock, FIRST)) == [UNKNOWN]
    assert states(deliver(database, clock, SECOND)) == [("GD2", None, "GD1", "doubled unmatched")]
    assert states(deliver(database, clock, paid("GD3", 3, paid=False, error="24"))) == [("GD3", *UNKNOWN[1:])]
    records = deliver(database, clock, dossier(CODE))
    assert latest(records) == {"GD1": (CODE, None, ""), "GD2": (CODE, "GD1", "doubled"), "GD3": (CODE, None, "")}


def test_a_payment_that_names_no_dossier_is_announced_at_once_and_anew_when_it_names_one(
    database: Engine, clock: ReplayClock
) -> None:
    nameless = [paid(f"GD{number}", number, dossier=None, amount=8000) for number in (1, 2)]
    records = deliver(database, clock, dossier(CODE), *nameless)
    assert states(records) == [UNKNOWN, ("GD2", *UNKNOWN[1:])], "the same amount is no double"
    assert [record.body["dossier"] for record in records] == [None, None]
    assert deliver(database, clock, *nameless) == [] and differences(database, clock) == []
    assert states(deliver(database, clock, paid("GD1", 3))) == [("GD1", CODE, None, "")]
    assert differences(database, clock) == []


def test_a_notice_that_states_something_else_is_announced_anew(database: Engine, clock: ReplayClock) -> None:
    failed = paid("GD1", 1, paid=False, error="24")
    deliver(database, clock, dossier(CODE), failed)
    later = paid("GD1", 2, quality=["repeated"])
    (record,) = deliver(database, clock, later)
    assert (record.body["paid"], record.body["error"], record.body["quality"]) == (True, None, ["repeated"])
    assert deliver(database, clock, failed) == [], "an old notice changes nothing"


def test_a_fee_that_becomes_known_later_is_compared(database: Engine, clock: ReplayClock) -> None:
    deliver(database, clock, FIRST, dossier(CODE))
    fees = [(16000, "amount-differs"), (8000, ""), (4000, "amount-differs")]
    for number, (fee, flags) in enumerate(fees):
        version = dossier(CODE, source="dvcqg", fee=fee, observed_at=NOON + (2 + number) * HOUR)
        assert states(deliver(database, clock, version)) == [("GD1", CODE, None, flags)]
    halves = [paid("GD8", 1, dossier="A-240101-0001"), paid("GD9", 2, dossier="A-240101-0001")]
    records = deliver(database, clock, dossier("A-240101-0001", fee=16000), *halves)
    assert latest(records)["GD9"] == ("A-240101-0001", None, ""), "two halves of a fee are no double"


def test_a_reference_that_stands_for_several_codes_finds_the_one_that_comes(
    database: Engine, clock: ReplayClock
) -> None:
    """`H1550051226...`: where the dots of the agency's code stood is not written."""
    reference = "dvcH15500512260917068120260917101500"
    likeliest, real = "H15.50.05.12-260917-0681", "H15.500.512-260917-0681"
    unsure = paid("GD1", 1, dossier=likeliest, reference=reference, quality=["unmatched"])
    assert states(deliver(database, clock, unsure)) == [UNKNOWN]
    assert states(deliver(database, clock, dossier(real))) == [("GD1", real, None, "")]
    found = DossierFacts(Site(clock, database), sources=[IGATE]).find_many([real, likeliest])
    assert [one["transaction"] for one in found[real]["payments"]] == ["GD1"]
    second = paid("GD2", 2, dossier=likeliest, reference=reference)
    assert states(deliver(database, clock, second)) == [("GD2", real, "GD1", "doubled")]


def test_an_old_payment_is_matched_but_is_no_news(database: Engine, clock: ReplayClock) -> None:
    clock.move_to(NOON + timedelta(days=100))
    assert deliver(database, clock, FIRST, dossier(CODE)) == []
    late = paid("GD2", 2, received_at=NOON + timedelta(days=99))
    assert states(deliver(database, clock, late)) == [("GD2", CODE, "GD1", "doubled")]


def chance_events(seed: int, dossiers: int) -> tuple[list[Envelope], dict[str, tuple[Any, ...]]]:
    """Dossiers with none to three payments, and what must be known of these at the end."""
    numbers = random.Random(seed)
    events: list[Envelope] = []
    expected: dict[str, tuple[Any, ...]] = {}
    for number in range(dossiers):
        code = f"000.00.31.H08-231107-{number:04}"
        choices = [dossier(code, fee=8000), dossier(code, source="dvcqg", fee=8000), submission(code)]
        events += numbers.sample(choices, numbers.randint(1, 3))
        before = None
        for place in range(numbers.randrange(4)):
            name = f"P{number:03}{place}"
            events.append(paid(name, place, dossier=code))
            expected[name] = (code, before, "doubled" if before else "")
            before = name
    numbers.shuffle(events)
    return events, expected


def test_killed_at_any_moment_each_state_is_announced_once(database: Engine, clock: ReplayClock) -> None:
    """Each delivery may be killed before its commit, then it comes again; and after it, then it comes again too."""
    events, expected = chance_events(5, 40)
    numbers = random.Random(5)
    records: list[Record] = []
    while events:
        size = numbers.randint(1, 6)
        bundle, events = events[:size], events[size:]
        for _ in range(numbers.randrange(3)):
            with pytest.raises(Transient), committed(database) as transaction:
                sink(database, clock).deliver(bundle, transaction)
                raise Transient("killed")
        records += deliver(database, clock, *bundle)
        assert deliver(database, clock, *bundle) == []
    assert latest(records) == expected
    assert differences(database, clock) == []
    assert len(states(records)) == len(set(states(records))), "no state is announced twice"


PAIRS: Mapping[str, Sequence[Envelope]] = {
    "a payment behind its dossier": [dossier(CODE), SECOND],
    "a dossier behind its payment": [SECOND, dossier(CODE)],
    "a filing behind its payment": [SECOND, submission(CODE)],
    "two payments": [FIRST, SECOND],
}


@pytest.mark.parametrize("pair", PAIRS)
def test_what_comes_at_the_same_moment_finds_each_other(pair: str, database: Engine, clock: ReplayClock) -> None:
    """The second delivery begins while the first one is not committed, so neither sees the other."""
    first, second = PAIRS[pair]
    with ThreadPoolExecutor(1) as pool:
        with committed(database) as transaction:
            sink(database, clock).deliver([first], transaction)
            behind = pool.submit(deliver, database, clock, second)
            while not (behind.done() or is_waiting(database)):
                pass
        records = behind.result(30)
    assert [one[0] for one in states(records)] == ["GD2"]


def is_waiting(database: Engine) -> bool:
    """Whether a transaction waits for another one. On SQLite the second delivery waits for its connection to write."""
    if database.dialect.name != "postgresql":
        return True
    with database.connect() as connection:
        query = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        return bool(connection.scalar(text(query)))


def differences(database: Engine, clock: ReplayClock) -> list[str]:
    found: Iterator[str] = iter(sink(database, clock).verify(lambda ids: dict.fromkeys(ids, "")))
    return [one for one in found if "thanh toán" in one]


def test_what_was_announced_is_verified(database: Engine, clock: ReplayClock) -> None:
    deliver(database, clock, dossier(CODE), FIRST, SECOND)
    assert differences(database, clock) == []
    with database.begin() as connection:
        connection.execute(text("update store_payment_matches set announced = replace(announced, 'doubled', 'x') "))
    (line,) = differences(database, clock)
    assert "GD2" in line


def test_switched_off_nothing_is_noted(database: Engine, clock: ReplayClock) -> None:
    with committed(database) as transaction:
        outcomes = DataStore(Site(clock, database)).deliver([FIRST, SECOND, dossier(CODE)], transaction)
    assert all(outcome.follow_ups == () for outcome in outcomes if isinstance(outcome, Done))
