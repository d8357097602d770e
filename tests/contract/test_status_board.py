"""The contract of every status board."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from lienthong.adapters.sql.ledger import SqlLedger
from lienthong.adapters.sql.status import REMEMBERED, SqlStatusBoard
from lienthong.ports import ProcessStatus, SourceStatus, StageCondition
from lienthong.ports.status import Spent, TimeKey
from tests.contract.conftest import START

ME = ProcessStatus(process="me", pid=7, host="here", role="everything", began_at=START, seen_at=START)
OTHER = replace(ME, process="other", pid=8, began_at=START + timedelta(seconds=1))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def board(database: Engine, ledger: SqlLedger) -> SqlStatusBoard:
    return SqlStatusBoard(database, ledger)


def test_what_was_saved_is_read_back(board: SqlStatusBoard) -> None:
    assert (board.sources(), board.stages(), board.processes()) == ({}, [], [])
    source = SourceStatus(source="igate", first_at=START, running_since=START, shown=3, shown_total=3, process="me")
    stage = StageCondition(stage="sink.b", process="me", down_since=START, down_why="máy chủ bận", probe_at=START)
    board.save(ME, [source], [stage])
    assert board.sources() == {"igate": source}
    assert board.stages() == [stage]
    board.save(OTHER)
    assert board.processes() == [OTHER, ME]


def test_totals_of_polls_are_added_and_last_times_are_the_latest_of_all_processes(board: SqlStatusBoard) -> None:
    first = SourceStatus(source="igate", first_at=START, success_at=START, new_at=START, shown_total=5, new_total=2)
    board.save(ME, [first])
    later = START + MINUTE
    second = SourceStatus(source="igate", first_at=later, success_at=later, shown_total=4, new_total=0, process="other")
    board.save(OTHER, [second])
    found = board.sources()["igate"]
    assert (found.shown_total, found.new_total, found.process) == (9, 2, "other")
    assert (found.first_at, found.success_at, found.new_at) == (START, later, START)


def test_an_outage_that_two_processes_see_began_when_the_first_one_saw_it(board: SqlStatusBoard) -> None:
    down = SourceStatus(source="igate", trouble="down", why="không trả lời", trouble_since=START)
    board.save(ME, [down])
    board.save(OTHER, [replace(down, trouble_since=START + MINUTE)])
    assert board.sources()["igate"].trouble_since == START
    board.save(ME, [SourceStatus(source="igate", success_at=START + MINUTE)])
    board.save(OTHER, [replace(down, trouble_since=START + 2 * MINUTE)])
    assert board.sources()["igate"].trouble_since == START + 2 * MINUTE


def test_every_process_that_halted_a_stage_is_asked_once_to_resume_it(board: SqlStatusBoard) -> None:
    for process in (ME, OTHER):
        board.save(process, (), [StageCondition(stage="route.a", process=process.process, halted_since=START)])
    board.save(ME, (), [StageCondition(stage="route.b", process="me")])
    assert board.request_resume("route.b", "lan") == 0
    assert board.request_resume("route.a", "lan") == 2
    assert (board.take_resumes("me"), board.take_resumes("me")) == (["route.a"], [])
    assert board.take_resumes("other") == ["route.a"]


def test_a_process_that_ended_leaves_no_condition_and_old_ones_are_forgotten(board: SqlStatusBoard) -> None:
    killed = StageCondition(stage="route.a", process="me", down_since=START)
    board.save(ME, (), [killed])
    ended = START + REMEMBERED + MINUTE
    board.save(OTHER, (), [replace(killed, process="other")])
    board.save(replace(OTHER, seen_at=START + MINUTE, ended_at=START + MINUTE))
    assert board.stages() == [killed] and len(board.processes()) == 2
    board.save(replace(OTHER, seen_at=ended, ended_at=ended))
    assert [one.process for one in board.processes()] == ["other"] and board.stages() == []


def test_times_are_added_up_over_all_processes_and_stay_when_these_end(board: SqlStatusBoard) -> None:
    work, critical = TimeKey("duration", "sink.b"), TimeKey("critical", "sink.b", "igate")
    assert board.times() == {}
    board.save(ME, times={work: Spent(2, 0.5)})
    board.save(replace(OTHER, ended_at=START), times={work: Spent(1, 0.25), critical: Spent(1, 7.0)})
    assert board.times() == {work: Spent(3, 0.75), critical: Spent(1, 7.0)}
