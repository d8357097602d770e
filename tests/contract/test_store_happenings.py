"""The happenings of dossiers on every database: announced once, whatever is permuted, doubled, killed or upgraded."""

import random
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select, text

from lienthong.adapters.clock import ReplayClock
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.outcome import Done
from lienthong.ports import Record, Site
from schemas.canonical.dossier_happened_v1 import DossierHappened
from store import tables
from store.writer import DataStore
from tests.contract.sinks_contract import committed
from tests.unit.store.events import submission
from tests.unit.transforms.planted import START, Planted, plant
from transforms.happenings import Version

DOSSIERS = 12
STEPS = ("ask", "answer", "move", "note")


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(START + timedelta(days=3))


def histories(seed: int, count: int = DOSSIERS) -> dict[str, Planted]:
    numbers = random.Random(seed)
    endings = ["", "completed", "returned", "rejected", "withdrawn"]
    codes = [f"000.00.31.H08-240108-{number:04}" for number in range(count)]
    return {
        code: plant(numbers.choices(STEPS, k=numbers.randrange(6)), numbers.choice(endings), code=code)
        for code in codes
    }


def envelope(version: Version, source: str = "igate") -> Envelope:
    seen_at = START + timedelta(days=2)
    return Envelope(version.id, version.type, source, version.data["code"], seen_at, seen_at, version.data)


def deliver(database: Engine, clock: ReplayClock, bundle: Sequence[Envelope], **options: Any) -> list[Record]:
    """What the sink hands back about a bundle."""
    sink = DataStore(Site(clock, database), happenings=True, **options)
    with committed(database) as transaction:
        outcomes = sink.deliver(bundle, transaction)
    return [record for outcome in outcomes if isinstance(outcome, Done) for record in outcome.follow_ups]


def keys(records: Sequence[Record]) -> Counter[tuple[Any, ...]]:
    """What was announced as new."""
    facts = [DossierHappened.model_validate(record.body) for record in records]
    return Counter((fact.dossier, fact.happening, fact.occurrence) for fact in facts if fact.change == "new")


def expected(planted: dict[str, Planted]) -> Counter[tuple[Any, ...]]:
    return Counter((code, *key) for code, one in planted.items() for key in one.facts)


def noted(database: Engine) -> dict[tuple[Any, ...], str]:
    with database.connect() as connection:
        rows = connection.execute(select(tables.happenings)).all()
    return {(row.code, row.happening, row.occurrence): row.at for row in rows if row.state == "announced"}


@pytest.mark.parametrize("seed", range(4))
def test_permuted_doubled_and_bundled_anyhow_each_fact_is_announced_once(
    seed: int, database: Engine, clock: ReplayClock
) -> None:
    planted = histories(seed)
    numbers = random.Random(seed)
    events = [envelope(version) for one in planted.values() for version in one.versions]
    events += numbers.sample(events, 15)
    numbers.shuffle(events)
    records: list[Record] = []
    while events:
        size = numbers.randrange(1, 9)
        records += deliver(database, clock, events[:size])
        events = events[size:]
    assert keys(records) == expected(planted)
    moments = {(code, *key): at for code, one in planted.items() for key, at in one.facts.items()}
    assert noted(database) == {key: f"{at:%Y-%m-%dT%H:%M:%S.%fZ}" for key, at in moments.items()}


def test_a_transaction_that_is_undone_has_announced_nothing(database: Engine, clock: ReplayClock) -> None:
    """Each delivery may be killed before its commit, then it comes again; and after it, then it comes again too."""
    planted = histories(7)
    numbers = random.Random(7)
    events = [envelope(version) for one in planted.values() for version in one.versions]
    numbers.shuffle(events)
    records: list[Record] = []
    for start in range(0, len(events), 5):
        bundle = events[start : start + 5]
        for _ in range(numbers.randrange(3)):
            with pytest.raises(Transient), committed(database) as transaction:
                DataStore(Site(clock, database), happenings=True).deliver(bundle, transaction)
                raise Transient("killed")
        records += deliver(database, clock, bundle)
        assert deliver(database, clock, bundle) == []
    assert keys(records) == expected(planted)


def test_workers_that_store_versions_of_one_dossier_at_once_announce_each_fact_once(
    database: Engine, clock: ReplayClock
) -> None:
    planted = histories(3, count=40)
    events = [envelope(version) for one in planted.values() for version in one.versions]
    random.Random(3).shuffle(events)
    bundles = [events[start : start + 10] for start in range(0, len(events), 10)]
    barrier = threading.Barrier(4)

    def work(share: Sequence[Sequence[Envelope]]) -> list[Record]:
        barrier.wait(20)
        return [record for bundle in share for record in deliver(database, clock, sorted(bundle))]

    with ThreadPoolExecutor(4) as pool:
        parts = pool.map(work, [bundles[number::4] for number in range(4)])
        records = [record for part in parts for record in part]
    assert keys(records) == expected(planted)


def test_dossiers_that_the_store_had_before_are_not_announced_anew(database: Engine, clock: ReplayClock) -> None:
    planted = histories(5)
    before = [envelope(one.versions[0]) for one in planted.values()] + [
        envelope(version) for one in planted.values() for version in one.versions[1:-1]
    ]
    with committed(database) as transaction:
        outcomes = DataStore(Site(clock, database)).deliver(before, transaction)
    assert [outcome.follow_ups for outcome in outcomes if isinstance(outcome, Done)] == [()] * len(before)
    assert noted(database) == {}
    records = deliver(database, clock, [envelope(one.versions[-1]) for one in planted.values()])
    last = {(code, *key): at for code, one in planted.items() for key, at in one.facts.items()}
    shown_last = {
        (code, *key)
        for code, one in planted.items()
        for key, at in one.facts.items()
        if at >= START + (len(one.versions) - 1) * timedelta(hours=3)
    }
    assert set(keys(records)) == shown_last <= set(last)


def test_years_of_history_are_not_announced(database: Engine) -> None:
    late = ReplayClock(START + timedelta(days=800))
    planted = histories(6)
    events = [envelope(version) for one in planted.values() for version in one.versions]
    assert deliver(database, late, events) == []
    assert noted(database) == {}
    assert keys(deliver(database, late, events, tell_within=timedelta(days=900))) == expected(planted)


CHANGES = {
    "update store_happenings set at = '2024-01-01T00:00:00Z' where happening = 'accepted'": "accepted lần 1 khác",
    "update store_happenings set occurrence = 2 where happening = 'completed'": "completed lần 2 không có",
    "delete from store_happenings where happening = 'completed' and code in (select code from store_happenings where"
    " happening = 'returned')": "completed lần 1 đã mất",
}


@pytest.mark.parametrize("statement", CHANGES)
def test_a_happening_that_was_changed_or_removed_is_named(statement: str, database: Engine, clock: ReplayClock) -> None:
    planted = histories(2)
    events = [envelope(version) for one in planted.values() for version in one.versions]
    deliver(database, clock, events)
    sink = DataStore(Site(clock, database), happenings=True)

    def found() -> list[str]:
        return [one for one in sink.verify(lambda ids: dict.fromkeys(ids, "")) if "diễn biến" in one]

    assert found() == []
    with database.begin() as connection:
        changed = connection.execute(text(statement)).rowcount
    assert changed > 0
    assert sum(CHANGES[statement] in one for one in found()) == changed


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_push_of_the_portal_and_its_dossier_are_one_submission(
    order: Sequence[int], database: Engine, clock: ReplayClock
) -> None:
    code = "H08.31-240108-0001"
    planted = plant([], "", code=code)
    events = [
        submission(code, submitted_at=START, received_at=START + timedelta(minutes=5)),
        envelope(planted.versions[0], "dvcqg"),
    ]
    records = [record for place in order for record in deliver(database, clock, [events[place]])]
    records += deliver(database, clock, events)
    assert keys(records) == {(code, "submitted", 1): 1}
    assert [record.key for record in records] == [f"{code}/dvcqg/submitted/1"]


@contextmanager
def counted(database: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_: Connection, __: Any, statement: str, *more: Any) -> None:
        statements.append(statement)

    event.listen(database, "before_cursor_execute", note)
    yield statements
    event.remove(database, "before_cursor_execute", note)


def test_a_bundle_of_new_dossiers_costs_one_more_query(database: Engine, clock: ReplayClock) -> None:
    def bundle(first: int) -> list[Envelope]:
        codes = [f"000.00.31.H08-240108-{number:04}" for number in range(first, first + 50)]
        return [envelope(plant([], "", online=False, code=code).versions[0]) for code in codes]

    with counted(database) as without, committed(database) as transaction:
        DataStore(Site(clock, database)).deliver(bundle(0), transaction)
    with counted(database) as with_happenings:
        deliver(database, clock, bundle(100))
    assert len(with_happenings) == len(without) + 1


def test_switched_off_nothing_is_asked_or_written(database: Engine, clock: ReplayClock) -> None:
    events = [envelope(version) for version in plant(["ask"], "completed").versions]
    with counted(database) as statements, committed(database) as transaction:
        outcomes = DataStore(Site(clock, database)).deliver(events, transaction)
    assert not any("store_happenings" in statement for statement in statements)
    assert all(outcome.follow_ups == () for outcome in outcomes if isinstance(outcome, Done))


def test_the_cause_is_the_version_that_shows_the_fact(database: Engine, clock: ReplayClock) -> None:
    events = [envelope(version) for version in plant([], "completed").versions]
    sink = DataStore(Site(clock, database), happenings=True)
    with committed(database) as transaction:
        outcomes = sink.deliver(events, transaction)
    by_cause = {
        outcome.envelope.id: [record.body["happening"] for record in outcome.follow_ups]
        for outcome in outcomes
        if isinstance(outcome, Done)
    }
    assert list(by_cause.values()) == [["submitted"], ["accepted"], ["completed"]]
