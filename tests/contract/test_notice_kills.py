"""Processes that die between every call and every commit: no number gets a fact twice, each doubt is in the ledger."""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from connectors.notices.gateway import Message, Verdict
from lienthong.errors import Transient
from tests.mortal import KilledError, Life
from tests.notice_office import MINUTE, NOON, Office, each_once

pytestmark = pytest.mark.slow

AWAY = Transient("cổng không trả lời")
Work = Callable[[Office, int], None]

ROUNDS = int(os.environ.get("LIENTHONG_NOTICE_ROUNDS", "1"))
"""How often each way is gone through; more for a longer run."""


def number_of(turn: int) -> str:
    return f"0905{turn:06}"


def accepted(office: Office, turn: int) -> None:
    office.tell_together(
        office.happened("accepted", f"A{turn}", phone=number_of(turn)),
        office.happened("completed", f"B{turn}", phone=number_of(turn)),
    )


def of_plans(*plans: Any) -> Callable[[Message], Any]:
    """What a gateway does, by the number of times it was called for a notice, the last one for all further calls."""
    calls: dict[str, int] = {}

    def plan(message: Message) -> Any:
        number = calls.get(message.notice_id, 0)
        calls[message.notice_id] = number + 1
        return plans[min(number, len(plans) - 1)]

    return plan


WAYS: Mapping[str, Mapping[str, Any]] = {
    "both accept": {"zalo": [Verdict.ACCEPTED]},
    "Zalo has not this number": {"zalo": [Verdict.OTHER_CHANNEL], "sms": [Verdict.ACCEPTED]},
    "tried again": {"zalo": [Verdict.RETRY, Verdict.ACCEPTED]},
    "away at first": {"zalo": [AWAY, Verdict.ACCEPTED]},
    "the connection breaks": {"zalo": [None]},
}


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_killed_at_every_moment(database: Engine, tmp_path: Path, way: str) -> None:
    """Each life ends at another call; the next process finds what the dead one left, and works to the end."""
    office = Office(database, tmp_path / "templates")
    step = 2 if ROUNDS == 1 and database.dialect.name == "postgresql" else 1
    kills = sum(_go_through(office, WAYS[way], first=number * 1000, step=step) for number in range(ROUNDS))
    assert kills >= 30 * ROUNDS // step, f"only {kills} deaths"
    each_once(office)


def _go_through(office: Office, plans: Mapping[str, Any], *, first: int, step: int) -> int:
    kills, last = 0, 0
    while True:
        last += step
        turn = first + last
        for name, planned in plans.items():
            office.gateways[name].plan = of_plans(*planned)
        office.restart(Life(last))
        try:
            accepted(office, turn)
            office.pass_time(office.clock.now() + timedelta(minutes=3))
        except KilledError:
            kills += 1
        else:
            office.restart()
            return kills
        office.restart()
        office.work()
        if not any(f"/{place}{turn}/" in fact for fact in office.states() for place in "AB"):
            office.tell_together(*_again(office, turn))  # the dead process had not even received it
        office.pass_time(office.clock.now() + timedelta(minutes=3))
        _is_informed_or_in_doubt(office, turn)


def _again(office: Office, turn: int) -> Any:
    return (
        office.happened("accepted", f"A{turn}", phone=number_of(turn)),
        office.happened("completed", f"B{turn}", phone=number_of(turn)),
    )


def _is_informed_or_in_doubt(office: Office, turn: int) -> None:
    """Each fact of this life went to its number once; where not, the ledger has it in doubt."""
    sent = [line for line in office.sent() if line[2] == f"84{number_of(turn)[1:]}"]
    for place, template in (("A", "dossier-accepted"), ("B", "dossier-completed")):
        times = sum(line[3] == template for line in sent)
        states = [state for fact, state in office.states().items() if f"/{place}{turn}/" in fact]
        assert len(states) == 1, states
        state = states[0].partition(":")[0]
        assert times <= 1, f"{times} times"
        assert state in ("accepted", "in_doubt"), states
        assert times == 1 or state == "in_doubt", f"{states} and not sent"


def test_the_channel_stops_and_its_process_dies(database: Engine, tmp_path: Path) -> None:
    office = Office(database, tmp_path / "templates")
    kills = 0
    for last in range(1, 100):
        office.gateways["zalo"].plan = of_plans(Verdict.CONFIGURATION)
        office.restart(Life(last))
        office.halted.clear()
        try:
            accepted(office, last)
        except KilledError:
            kills += 1
        office.restart()
        office.work()
        office.gateways["zalo"].plan = lambda message: Verdict.ACCEPTED
        if "zalo" in office.halted:
            office.resume("zalo")
        office.pass_time(office.clock.now() + MINUTE)
        if kills < last:
            break
    assert kills >= 12
    each_once(office)
    assert office.clock.now() > NOON
