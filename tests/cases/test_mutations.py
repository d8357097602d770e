"""Twenty thousand faulty inputs through the real entrances: no neighbour is lost, the books are even, nothing ends."""

import json
import os
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from lienthong.runtime.endpoints import Endpoints
from tests.cases.mutations import flip_bytes, records
from tests.cases.province import Province, case, result_of, settings_of
from tests.cases.systems import ENTRANCES, Answer, Reply, Request, serve
from tests.command_line import ROOT

SEED = int(os.environ.get("LIENTHONG_CASES_SEED", "12"))
PAGES, RECORDS_OF_A_PAGE = 50, 90
REPLIES = 500
"""Four sources: 4 x 50 x 90 faulty records and 4 x 500 faulty replies, 20,000 inputs."""

WRAP: Mapping[str, Callable[[bytes], bytes]] = {
    "igate": lambda elements: b'{"content":[' + elements + b'],"totalElements":null,"last":true}',
    "dvcqg": lambda elements: b'{"error_code":0,"data":[' + elements + b"]}",
    "ccvc": lambda elements: b'{"items":[' + elements + b'],"next":"1","more":false}',
    "vneid": lambda elements: b'{"items":[' + elements + b'],"next":"1","more":false}',
}
SAMPLES: Mapping[str, tuple[int, str, str]] = {
    "igate": (7, "content", "code"),
    "dvcqg": (10, "data", "MaHoSo"),
    "ccvc": (3, "items", "soHieuCBCCVC"),
    "vneid": (4, "items", "citizenPid"),
}
"""By source: a case with sound records, the key of its list, and the field that makes the key of a record."""


def sound_record(source: str) -> dict[str, Any]:
    number, name, _ = SAMPLES[source]
    found = case(number)
    reply = found.read("reply.bin" if (found.folder / "reply.bin").exists() else "reply.json").removeprefix(
        b"\xef\xbb\xbf"
    )
    record: dict[str, Any] = json.loads(reply, strict=False)[name][0]
    return record


def answer_in_turn(source: str, waiting: list[bytes]) -> Answer:
    """Each request for records takes the next reply, and the last one again and again."""

    def answer(request: Request) -> Reply | None:
        if request.path != ENTRANCES[source]:
            return None
        return Reply(waiting.pop(0) if len(waiting) > 1 else waiting[0])

    return answer


@pytest.mark.parametrize("source", SAMPLES)
def test_a_faulty_record_never_costs_its_neighbours(source: str, tmp_path: Path) -> None:
    chance, endpoints = random.Random(f"{SEED} {source}"), Endpoints(tmp_path)
    record, key = sound_record(source), SAMPLES[source][2]
    good: list[str] = []
    shown = [Reply(b"")]
    with (
        serve(lambda request: shown[0] if request.path == ENTRANCES[source] else None) as variables,
        Province(settings_of(ROOT, variables), endpoints) as province,
    ):
        for page in range(PAGES):
            neighbours = [record | {key: _key_of(source, page * 2 + place)} for place in (0, 1)]
            good += [str(neighbour[key]) for neighbour in neighbours]
            numbers = range(10_000 + page * RECORDS_OF_A_PAGE, 10_000 + (page + 1) * RECORDS_OF_A_PAGE)
            faulty = [record | {key: _key_of(source, number)} for number in numbers]
            texts = [text for one in faulty for text in records(one, chance, 1)]
            first, last = (json.dumps(neighbour, ensure_ascii=False).encode() for neighbour in neighbours)
            shown[0] = Reply(WRAP[source](b",".join([first, *texts, last])))
            assert province.poll(_only(source, page)) == {}, page
    result = result_of(endpoints.database_url())
    if source == "vneid":  # the key is a hash of the number
        assert len(result.delivered) >= len(good)
    else:
        assert [one for one in good if not any(subject.startswith(one) for subject in result.delivered)] == []


def _key_of(source: str, number: int) -> str:
    forms = {"igate": "000.00.31.H08-231115-{:05d}", "dvcqg": "000.00.31.H08-231115-{:05d}"}
    forms |= {"ccvc": "H08.CC.{:06d}", "vneid": "0520851{:05d}"}
    return forms[source].format(number)


@pytest.mark.parametrize("source", SAMPLES)
def test_a_faulty_reply_never_costs_more_than_itself(source: str, tmp_path: Path) -> None:
    chance, endpoints = random.Random(f"{SEED} {source} bytes"), Endpoints(tmp_path)
    element = json.dumps(sound_record(source), ensure_ascii=False).encode()
    whole = WRAP[source](b",".join([element] * 3))
    replies = [flip_bytes(chance, whole) for _ in range(REPLIES)]
    with (
        serve(answer_in_turn(source, replies)) as variables,
        Province(settings_of(ROOT, variables), endpoints) as province,
    ):
        while len(replies) > 1:
            assert set(province.poll(_only(source, len(replies)))) <= {source}
        assert set(province.poll()) <= {source}
    result_of(endpoints.database_url())


def _only(source: str, turn: int) -> str | None:
    """The source that gets faulty input, and every tenth time all of them: their sound replies are always the same."""
    return None if turn % 10 == 0 else source
