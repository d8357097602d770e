"""Zalo's tokens: one process renews them, none is lost without a trace, and nothing of them is readable at rest."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from connectors.notices.zalo_tokens import NoToken, Pair, RefreshRefused, TokenServer
from lienthong import Transient
from lienthong.adapters.sql import lease
from lienthong.adapters.sql.database import open_database
from lienthong.connectors.protocols.http_once import Unsure
from store.gateway_tables import gateway_tokens
from store.gateway_tokens import KeptTokens
from tests.fake_systems import FakeClock


class FakeTokenServer(TokenServer):
    """Zalo: a refresh token is good for one exchange. `disturb` runs when the new tokens exist, before the answer."""

    def __init__(self, clock: FakeClock, valid: str = "first") -> None:
        self.clock = clock
        self.valid = valid
        self.exchanges = 0
        self.disturb: Callable[[], None] = lambda: None

    def exchange(self, refresh_token: str) -> Pair:
        if refresh_token != self.valid:
            raise RefreshRefused("-14014")
        self.exchanges += 1
        self.valid = f"refresh-{self.exchanges}"
        self.disturb()
        return Pair(f"access-{self.exchanges}", self.valid, self.clock.now() + timedelta(hours=1))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server(clock: FakeClock) -> FakeTokenServer:
    return FakeTokenServer(clock)


def tokens(database: Engine, server: FakeTokenServer, **more: Any) -> KeptTokens:
    return KeptTokens(database, server.clock, server, **{"secret_key": "s3cret", "refresh_token": "first"} | more)


def rows(database: Engine) -> list[dict[str, Any]]:
    with database.connect() as connection:
        return [dict(row) for row in connection.execute(select(gateway_tokens)).mappings()]


def test_a_token_is_fetched_once_and_shared_until_it_expires(database: Engine, server: FakeTokenServer) -> None:
    assert tokens(database, server).current() == "access-1"
    assert tokens(database, server).current() == "access-1"
    server.clock.moment += timedelta(minutes=59)
    assert tokens(database, server).current() == "access-2"
    assert server.exchanges == 2


def test_a_refused_token_is_renewed_once_for_all_who_were_refused(database: Engine, server: FakeTokenServer) -> None:
    one, other = tokens(database, server), tokens(database, server)
    assert one.current() == other.current() == "access-1"
    assert one.renew("access-1") == "access-2"
    assert other.renew("access-1") == "access-2"
    assert server.exchanges == 2


def test_while_one_process_renews_another_waits_without_a_request(database: Engine, server: FakeTokenServer) -> None:
    with lease(database, "tokens-zalo") as held:
        assert held
        with pytest.raises(Transient) as waiting:
            tokens(database, server).current()
    assert not waiting.value.outage
    assert waiting.value.after
    assert server.exchanges == 0


def test_threads_that_need_a_token_at_once_use_the_refresh_token_once(
    database: Engine, server: FakeTokenServer
) -> None:
    shared, found, barrier = tokens(database, server), [], threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        while True:
            try:
                found.append(shared.current())
            except Transient:
                continue
            return

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == ["access-1"] * 8
    assert server.exchanges == 1


def test_no_token_is_readable_in_the_database(database: Engine, server: FakeTokenServer) -> None:
    kept = tokens(database, server)
    kept.current()
    assert not [
        text for row in rows(database) for text in row.values() if text and ("access-" in text or "refresh-" in text)
    ]
    assert "access-1" not in repr(server.exchange("refresh-1"))


def test_an_answer_that_never_came_is_tried_once_more_and_then_an_operator_is_asked(
    database: Engine, server: FakeTokenServer
) -> None:
    def lose() -> None:
        raise Unsure("Zalo không trả lời")

    server.disturb = lose
    with pytest.raises(Unsure):
        tokens(database, server).current()
    assert rows(database)[0]["refreshing_since"]
    server.disturb = lambda: None
    with pytest.raises(NoToken) as lost:
        tokens(database, server).current()
    assert "12:00:00 15/11/2023" in lost.value.why
    assert "ZALO_REFRESH_TOKEN" in lost.value.why
    with pytest.raises(NoToken):
        tokens(database, server).current()
    assert server.exchanges == 1, "Zalo is not asked again until an operator acts"


def test_a_request_that_never_arrived_costs_nothing(database: Engine, server: FakeTokenServer) -> None:
    server.valid, asked = "elsewhere", server.exchange

    def down(refresh_token: str) -> Pair:
        raise Transient("không kết nối được")

    server.exchange = down  # type: ignore[method-assign] - the fake fails
    with pytest.raises(Transient):
        tokens(database, server).current()
    assert rows(database)[0]["refreshing_since"] is None
    server.exchange, server.valid = asked, "first"  # type: ignore[method-assign] - the fake fails
    assert tokens(database, server).current() == "access-1"


def test_what_an_operator_sets_anew_begins_again(database: Engine, server: FakeTokenServer) -> None:
    server.valid = "second"
    with pytest.raises(NoToken):
        tokens(database, server).current()
    assert tokens(database, server, refresh_token="second").current() == "access-1"
    assert len(rows(database)) == 2


def test_another_secret_or_no_token_asks_for_an_operator(database: Engine, server: FakeTokenServer) -> None:
    tokens(database, server).current()
    with pytest.raises(NoToken, match="secret_key"):
        tokens(database, server, secret_key="other").current()
    with pytest.raises(NoToken, match="chưa có refresh token"):
        tokens(database, server, refresh_token="").current()


def test_new_tokens_wait_in_memory_while_the_database_cannot_take_them(
    database: Engine, server: FakeTokenServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tokens(database, server)
    write = kept._write

    def broken(**values: Any) -> None:
        if "access_token" in values:
            raise Transient("cơ sở dữ liệu không trả lời")
        write(**values)

    monkeypatch.setattr(kept, "_write", broken)
    with pytest.raises(Transient):
        kept.current()
    monkeypatch.undo()
    assert kept.current() == "access-1"
    assert tokens(database, server).current() == "access-1"
    assert server.exchanges == 1


def _die_during(url: str, when: str) -> None:
    database, server = open_database(url), FakeTokenServer(FakeClock())

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    kept = tokens(database, server)
    if when == "before":
        server.exchange = lambda _: die()  # type: ignore[method-assign, assignment, return-value] - the fake fails
    else:
        server.disturb = die
    kept.current()


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_killed_during_a_refresh_leaves_a_clear_state(
    database: Engine, server: FakeTokenServer, when: str
) -> None:
    url = database.url.render_as_string(hide_password=False)
    process = multiprocessing.get_context("spawn").Process(target=_die_during, args=(url, when))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert rows(database)[0]["refreshing_since"], "the next process sees that a refresh had begun"
    if when == "before":  # Zalo never used the token: the next process goes on by itself
        assert tokens(database, server).current() == "access-1"
        return
    server.valid = "the answer that died with the process"
    with pytest.raises(NoToken) as lost:
        tokens(database, server).current()
    assert "12:00:00 15/11/2023 không lưu được kết quả" in lost.value.why
