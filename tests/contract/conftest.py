"""The adapters that the conformance suites run over."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from lienthong.adapters.clock import ReplayClock
from lienthong.adapters.kombu import KombuBroker
from lienthong.adapters.rabbitmq.broker import RabbitBroker
from lienthong.adapters.sql.database import open_database
from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.ports import Broker
from tests.databases import open_embedded
from tests.services import postgres, rabbitmq

START = datetime(2023, 11, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> ReplayClock:
    return ReplayClock(START)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "postgresql":
        with postgres.fresh_database() as engine:
            yield engine
        return
    engine = open_embedded(tmp_path)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "postgresql":
        with postgres.fresh_database(empty=True) as engine:
            yield engine
        return
    engine = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def ledger(database: Engine, clock: ReplayClock) -> SqlLedger:
    return SqlLedger(database, clock)


@pytest.fixture(params=["memory", "rabbitmq"])
def broker(clock: ReplayClock, request: pytest.FixtureRequest) -> Iterator[Broker]:
    adapter: Broker
    if request.param == "rabbitmq":
        adapter = RabbitBroker(rabbitmq.fresh_url(), room=3)
    else:
        adapter = KombuBroker("memory://", clock, name=request.node.name, room=3)
    yield adapter
    adapter.close()


@pytest.fixture
def let_pass(broker: Broker, clock: ReplayClock) -> Callable[[timedelta], None]:
    """Let a wait pass. The embedded broker uses the fixture `clock`, which is moved; RabbitMQ uses its own clock."""

    def move(wait: timedelta) -> None:
        clock.move_to(clock.now() + wait)

    return move
