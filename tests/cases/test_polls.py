"""From one poll to the next: versions that return or come from the future, and paging that does not end."""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lienthong.adapters.sql.database import open_database
from lienthong.runtime.endpoints import Endpoints
from store import tables
from tests.cases.province import NOW, case, poll_all, result_of, settings_of
from tests.cases.systems import ENTRANCES, Reply, Request, answer_with, json_reply, serve
from tests.command_line import ROOT

LATER = NOW.replace(hour=11)


def poll_in_turn(source: str, replies: Iterable[bytes], moments: Iterable[datetime], endpoints: Endpoints) -> None:
    """One poll at each moment, with its own reply of the source."""
    for reply, moment in zip(replies, moments, strict=True):
        with serve(answer_with(source, Reply(reply))) as variables:
            assert poll_all(settings_of(ROOT, variables), endpoints, moment) == {}


def rows_of(endpoints: Endpoints, table: Any) -> list[Any]:
    database = open_database(endpoints.database_url())
    try:
        with database.connect() as connection:
            return list(connection.execute(select(table)))
    finally:
        database.dispose()


def test_a_version_dated_in_the_future_does_not_freeze_the_row(tmp_path: Path) -> None:
    found, endpoints = case(12), Endpoints(tmp_path)
    poll_in_turn("igate", [found.read("first.json"), found.read("then.json")], [NOW, LATER], endpoints)
    (dossier,) = rows_of(endpoints, tables.dossiers)
    assert dossier.status == 10
    versions = [json.loads(row.data) for row in rows_of(endpoints, tables.dossier_versions)]
    assert len(versions) == 2
    first = min(versions, key=lambda version: version["observed_at"])
    assert first["quality"], "a date from the future is flagged"
    result_of(endpoints.database_url()).check((), 0, ())


def test_a_record_that_returns_to_an_earlier_content_is_a_new_version(tmp_path: Path) -> None:
    found, endpoints = case(13), Endpoints(tmp_path)
    replies = [found.read(f"{number}.json") for number in (1, 2, 3)]
    moments = [NOW, NOW.replace(hour=10), LATER]
    poll_in_turn("ccvc", replies, moments, endpoints)
    database = open_database(endpoints.database_url())
    with database.connect() as connection:
        received = connection.exec_driver_sql("SELECT count(*) FROM ledger_bodies").scalar()
    database.dispose()
    assert received == 3
    (period,) = rows_of(endpoints, tables.service_periods)
    assert period.ends_on is None, "the person is in service again"
    result_of(endpoints.database_url()).check((), 0, ())
    with serve(answer_with("ccvc", Reply(replies[-1]))) as variables:
        poll_all(settings_of(ROOT, variables), endpoints, LATER.replace(hour=12))
    assert rows_of(endpoints, tables.service_periods) == [period]


def test_tokens_in_a_circle_end_the_poll_and_are_named(tmp_path: Path) -> None:
    found, endpoints = case(15), Endpoints(tmp_path)
    requests = []

    def answer(request: Request) -> Reply | None:
        if request.path != ENTRANCES["vneid"]:
            return None
        requests.append(request)
        return Reply(found.read(f"page-{request.query.get('after') or 'start'}.json"))

    with serve(answer) as variables:
        silent = poll_all(settings_of(ROOT, variables), endpoints)
    assert silent.keys() == {"vneid"}
    assert len(requests) < 20
    assert len(result_of(endpoints.database_url()).delivered) == 3


def dossiers(count: int) -> list[dict[str, Any]]:
    """Dossiers of iGate, one every 14 minutes from 7 November 2023."""
    first = json.loads(case(1).read("reply.json").decode("utf-8", "replace").replace("\\ud83d", ""))["content"][0]
    shown = []
    for number in range(count):
        hours, minutes = divmod(number * 14, 60)
        days, hours = divmod(hours, 24)
        at = f"2023-11-{7 + days:02d}T{hours:02d}:{minutes:02d}:00.000+0000"
        code = f"000.00.31.H08-2311{7 + days:02d}-{number:05d}"
        shown.append(first | {"id": f"{number:024x}", "code": code, "acceptedDate": at, "updatedDate": at})
    return shown


def test_deep_pages_that_are_refused_are_read_in_shorter_windows(tmp_path: Path) -> None:
    everything, endpoints = dossiers(900), Endpoints(tmp_path)

    def answer(request: Request) -> Reply | None:
        if request.path != ENTRANCES["igate"] or "accepted-from" not in request.query:
            return None
        page, size = int(request.query["page"]), int(request.query["size"])
        if (page + 1) * size > 600:
            return json_reply({"status": 500, "message": "Result window is too large"}, 500)
        start, end = (datetime.fromisoformat(request.query[f"accepted-{edge}"]) for edge in ("from", "to"))
        shown = [one for one in everything if start <= datetime.fromisoformat(one["acceptedDate"]) < end]
        part = shown[page * size : (page + 1) * size]
        last = (page + 1) * size >= len(shown)
        return json_reply({"content": part, "totalElements": len(shown), "last": last})

    with serve(answer) as variables:
        assert poll_all(settings_of(ROOT, variables), endpoints) == {}
    delivered = result_of(endpoints.database_url()).delivered
    assert len(delivered) == len([one for one in everything if one["acceptedDate"] < "2023-11-16T02"])
