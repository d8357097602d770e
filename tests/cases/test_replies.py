"""Replies as outside systems really send them: what is wrong with a record costs that record alone."""

from pathlib import Path

import pytest

from lienthong.runtime.endpoints import Endpoints
from tests.cases.province import Case, case, poll_all, result_of, settings_of
from tests.cases.systems import Reply, answer_with, serve
from tests.command_line import ROOT

ONE_REPLY = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 28, 29)
COUNTED = {4: 3}
"""Cases whose `good` names no keys, with the number of records that are delivered."""


def reply_of(found: Case) -> Reply:
    return Reply(found.read("reply.bin" if (found.folder / "reply.bin").exists() else "reply.json"))


@pytest.mark.parametrize("number", ONE_REPLY)
def test_a_faulty_record_dies_alone_or_is_read(number: int, tmp_path: Path) -> None:
    found = case(number)
    source, expected = found.expected["place"].split(",")[0], found.expected
    endpoints = Endpoints(tmp_path)
    with serve(answer_with(source, reply_of(found))) as variables:
        settings = settings_of(ROOT, variables)
        assert poll_all(settings, endpoints) == {}
        first = result_of(endpoints.database_url())
        good = [] if number in COUNTED else expected["good"]
        first.check(good, expected["dead"], expected.get("names", ()))
        assert len(first.delivered) >= COUNTED.get(number, len(good))
        assert poll_all(settings, endpoints) == {}
        assert result_of(endpoints.database_url()) == first, "a second run of the same changes nothing"
