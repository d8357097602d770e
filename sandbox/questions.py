"""Questions and petitions behind the national portal's adapter (sandbox/mapi.py).

LayDanhSachHoiDapGuiTuDVCQG   {}                                      → all questions, each as it was seen last
DongBoKetQuaHoiDapGuiTuDVCQG  {data: [{HOIDAPID, NOIDUNGTRALOI, …}]}  → the questions are shown as answered, published
LayDanhSachPAKNGuiTuDVCQG     {}                                      → all petitions; this service is ASSUMED
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from sandbox.clock import Clock
from sandbox.listing import Listing, Query, Version
from sandbox.mapi import Mapi, Refused
from sandbox.recording import Line, Recording
from sandbox.sessions import Monotonic

_ANSWER = ("HOIDAPID", "NGUOITRALOI", "NGAYTRALOI", "NOIDUNGTRALOI")
"""What an answer must have."""


class _Rows(Mapi):
    """The rows of one list."""

    system: str
    service: str
    key: str

    def __init__(self, recording: Recording, clock: Clock, monotonic: Monotonic) -> None:
        super().__init__(monotonic)
        self._clock = clock
        self._listing = Listing(recording.lines.get(self.system, ()), self._key, self._read)

    def add(self, line: Line) -> None:
        self._listing.add(line)

    def find(self, body: dict[str, Any]) -> tuple[Iterable[bytes], bytes]:
        if body.get("service") != self.service:
            raise Refused("Dịch vụ không tồn tại")
        return [self.show(version) for version in self.versions()], b'"result"'

    def versions(self) -> Iterable[Version]:
        return self._listing.select(self._clock.now, Query())

    def show(self, version: Version) -> bytes:
        """The row of a version."""
        return version.line.raw

    def _key(self, body: dict[str, Any], line: Line) -> str:
        return str(body.get(self.key) or f"line {line.number}")

    def _read(self, body: dict[str, Any], line: Line, key: str, _: Sequence[Version]) -> Version:
        return Version(key, str(body.get(self.key) or "") or None, (line.seen_at,), line)


class Questions(_Rows):
    """The stand-in server of questions. `received` are the answers that were pushed, oldest first."""

    system = "questions"
    service = "LayDanhSachHoiDapGuiTuDVCQG"
    key = "HOIDAPID"

    def __init__(self, recording: Recording, clock: Clock, monotonic: Monotonic) -> None:
        super().__init__(recording, clock, monotonic)
        self.received: list[Mapping[str, Any]] = []
        self._answers: dict[str, Mapping[str, Any]] = {}

    def find(self, body: dict[str, Any]) -> tuple[Iterable[bytes], bytes]:
        if body.get("service") != "DongBoKetQuaHoiDapGuiTuDVCQG":
            return super().find(body)
        answers = body.get("data")
        if not isinstance(answers, list) or not answers or not all(map(_is_answer, answers)):
            raise Refused(f"data phải là danh sách câu trả lời, mỗi câu có {', '.join(_ANSWER)}")
        known = {version.code for version in self.versions()}
        if any(str(answer["HOIDAPID"]) not in known for answer in answers):
            raise Refused("Câu hỏi không tồn tại")
        self.received.extend(answers)
        self._answers |= {str(answer["HOIDAPID"]): answer for answer in answers}
        return (), '"message":"Đồng bộ thành công","result"'.encode()

    def show(self, version: Version) -> bytes:
        answer = self._answers.get(version.code or "")
        if answer is None:
            return super().show(version)
        shown = {"TRALOIID": f"TL{version.code}", "NOIDUNGTRALOI": answer["NOIDUNGTRALOI"], "TRANGTHAI": "1"}
        return orjson.dumps({**version.line.body, **shown})


class Petitions(_Rows):
    """The stand-in server of petitions."""

    system = "petitions"
    service = "LayDanhSachPAKNGuiTuDVCQG"
    key = "PAKNID"


def _is_answer(answer: object) -> bool:
    return isinstance(answer, dict) and all(answer.get(name) for name in _ANSWER)
