"""The replay of history on every database: exactly the planted differences, once, whatever is killed in between."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.store_copy import copy_store, row_changes
from lienthong.operations.history_preview import summarise
from lienthong.ports.history import HistoryRun
from tests.databases import PACKAGES, open_embedded
from tests.events import DAY
from tests.history.bus import OF, HistoryBus, expected_rows, rows_of
from tests.history.planted import (
    SINK,
    VERSIONS,
    expected_events,
    make_route,
    planted,
    raw_events,
    route_of_then,
    route_of_today,
)
from tests.mortal import KilledError

DOSSIERS = 110
KINDS = Counter(planted(number) for number in range(DOSSIERS))


@pytest.fixture
def bus(database: Engine) -> HistoryBus:
    """A bus whose history is delivered by the route of then."""
    bus = HistoryBus(database, ReplayClock(DAY))
    bus.live(list(raw_events(DOSSIERS)), make_route(route_of_then))
    return bus


@pytest.fixture
def wanted(tmp_path: Path, bus: HistoryBus) -> Iterator[dict[str, list[tuple[object, ...]]]]:
    (tmp_path / "wanted").mkdir()
    engine = open_embedded(tmp_path / "wanted")
    yield expected_rows(engine, expected_events(DOSSIERS), bus.clock)
    engine.dispose()


def is_sound(bus: HistoryBus) -> bool:
    balance = bus.ledger.balance()
    assert balance.faults == ()
    assert list(bus.ledger.verify()) == []
    assert list(bus.store().verify(bus.ledger.seals(SINK))) == []
    return balance.sources["igate"].difference == 0


@contextmanager
def killed_after_each_page() -> Iterator[None]:
    try:
        yield
    except KilledError:
        return


def test_replayed_the_store_is_as_if_the_route_of_today_had_always_been_there(
    bus: HistoryBus, wanted: dict[str, list[tuple[object, ...]]]
) -> None:
    route = make_route(route_of_today)
    run = bus.replay(route)
    assert rows_of(bus.database) == wanted
    tally = run.tally
    assert tally.read == DOSSIERS * VERSIONS
    assert (tally.dead, tally.refused, tally.added, tally.taken_back) == tuple(
        KINDS[kind] * VERSIONS for kind in ("dead", "refused", "added", "dropped")
    )
    assert tally.reasons == {"kiểm thử: hôm nay không nhận": KINDS["refused"] * VERSIONS}
    assert is_sound(bus)
    assert bus.ledger.in_flight() == 0


def test_killed_after_every_page_it_goes_on_and_does_nothing_twice(
    bus: HistoryBus, wanted: dict[str, list[tuple[object, ...]]]
) -> None:
    route, ended = make_route(route_of_today), []

    def die(_: HistoryRun) -> None:
        raise KilledError

    for _ in range(4 * DOSSIERS):
        with killed_after_each_page():
            ended.append(bus.replay(route, page=64, tell=die))
        if ended:
            break
    assert ended[0].tally.read == DOSSIERS * VERSIONS
    assert rows_of(bus.database) == wanted
    assert set(bus.times_redone()) == {1}
    assert is_sound(bus)


def test_the_preview_names_exactly_what_a_replay_changes_and_changes_nothing(bus: HistoryBus, tmp_path: Path) -> None:
    before = rows_of(bus.database)
    (tmp_path / "trial").mkdir()
    copy = copy_store(bus.database, PACKAGES, tmp_path / "trial")
    try:
        bus.trial(make_route(route_of_today), copy.after)
        changes = list(row_changes(copy))
        found = {one.table: one for one in summarise(changes, {})}
    finally:
        copy.close()
    assert rows_of(bus.database) == before
    assert not (tmp_path / "trial").exists()
    versions, dossiers = found["store_dossier_versions"], found["store_dossiers"]
    came, went = KINDS["added"] + KINDS["moved"], KINDS["dropped"] + KINDS["moved"]
    assert (dossiers.added, dossiers.removed) == (came, went)
    assert (versions.added, versions.removed) == (came * VERSIONS, went * VERSIONS)
    assert versions.changed == KINDS["field"] * VERSIONS + KINDS["older"]
    assert versions.fields["data.agency_name"] == KINDS["field"] * VERSIONS
    assert dossiers.fields["agency_name"] == KINDS["field"]
    assert dossiers.changed == KINDS["field"] + KINDS["older"]
    bus.replay(make_route(route_of_today))
    after = rows_of(bus.database)
    keys = [{row[:3] for row in rows["store_dossier_versions"]} for rows in (before, after)]
    alone = [one for one in changes if one.table == "store_dossier_versions" and not (one.before and one.after)]
    assert keys[0] ^ keys[1] == {tuple(one.key.values()) for one in alone}


def test_what_is_replayed_is_not_announced_by_a_later_version(bus: HistoryBus) -> None:
    bus.replay(make_route(route_of_today))
    again = expected_events(DOSSIERS)
    with bus.ledger.transaction() as transaction:
        outcomes = bus.store().deliver(again, transaction)
    assert [record for outcome in outcomes for record in getattr(outcome, "follow_ups", ())] == []


def test_events_that_came_since_and_days_outside_of_the_range_are_left_alone(bus: HistoryBus) -> None:
    run = HistoryRun(1, OF._replace(end="2023-11-01"), 10, "An", "thử", DAY)
    assert bus.history.size(run.of).events == 0
    assert next(bus.history.pages(OF, after=0, last=5, size=100))[-1].number == 5
