"""The identity of a ledger, on both databases."""

from datetime import timedelta

from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.sql.identity import begin_incarnation, ensure_identity, read_identity
from lienthong.adapters.sql.ledger import SqlLedger


def test_a_ledger_has_one_identity_from_its_first_use(database: Engine, clock: ReplayClock) -> None:
    assert read_identity(database) is None
    first = SqlLedger(database, clock).identity()
    clock.move_to(clock.now() + timedelta(days=1))
    assert SqlLedger(database, clock).identity() == first
    assert first.id and first.incarnation and first.restored_at is None


def test_the_world_is_recorded_at_the_making_and_not_changed_later(database: Engine, clock: ReplayClock) -> None:
    ensure_identity(database, clock.now(), world="recording")
    assert ensure_identity(database, clock.now(), world="live").world == "recording"


def test_a_new_incarnation_begins_once_however_many_processes_notice(database: Engine, clock: ReplayClock) -> None:
    old = ensure_identity(database, clock.now())
    new = begin_incarnation(database, old, clock.now())
    assert (new.id, new.restored_at) == (old.id, clock.now())
    assert new.incarnation != old.incarnation
    assert begin_incarnation(database, old, clock.now()) == new
