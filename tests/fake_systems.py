"""The outside systems in memory, behind httpx.MockTransport: as small as the sources need, with failures on demand."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import orjson
from sqlalchemy import create_engine

from lienthong.connectors.protocols.http import Http
from lienthong.errors import Transient
from lienthong.ports import Cursor, Record, Site, Source

NOON = datetime(2023, 11, 15, 5, 0, tzinfo=UTC)
"""Noon in Vietnam."""
SECRETS = ("s3cret", "example.gov.vn")
URL = "https://user:s3cret@motcua.example.gov.vn/x"


class FakeClock:
    """A clock that shows the moment which the test sets."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def make_site(clock: FakeClock | None = None, *, thorough: bool = False) -> Site:
    return Site(clock or FakeClock(), create_engine("sqlite://"), thorough=thorough)


Answer = httpx.Response | Exception | None


class FakeServer:
    """Records the requests to a system. `fault` may answer request number n (from 0) in place of the system."""

    def __init__(self, serve: Callable[[httpx.Request], httpx.Response]) -> None:
        self.serve = serve
        self.requests: list[httpx.Request] = []
        self.slept: list[float] = []
        self.fault: Callable[[int, httpx.Request], Answer] = lambda number, request: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        number = len(self.requests)
        self.requests.append(request)
        answer = self.fault(number, request)
        if isinstance(answer, Exception):
            raise answer
        return _as_stream(answer or self.serve(request))

    def fail_after(self, count: int | None) -> None:
        """Answer `count` more requests, then every request with status 502. None ends the failure."""
        end = None if count is None else len(self.requests) + count
        self.fault = lambda number, request: json_reply({}, 502) if end is not None and number >= end else None

    def http(self, **options: Any) -> Http:
        """A client of this server that does not sleep between tries."""
        return Http("iGate", transport=httpx.MockTransport(self), sleep=self.slept.append, **options)


class _Pieces(httpx.SyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content


def _as_stream(response: httpx.Response) -> httpx.Response:
    """The response with its body still to be read, as from the network. httpx reads a given body at once."""
    if not response.is_stream_consumed:
        return response
    return httpx.Response(response.status_code, headers=response.headers, stream=_Pieces(response.content))


def query_of(request: httpx.Request) -> dict[str, str]:
    return dict(request.url.params)


def json_reply(value: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=orjson.dumps(value), headers={"Content-Type": "application/json"})


class FakeIgate:
    """iGate with dossiers in the order of their creation. `disturb` runs before each search."""

    def __init__(self) -> None:
        self.dossiers: list[dict[str, Any]] = []
        self.tokens = 0
        self.valid: set[str] = set()
        self.lifetime = 300
        self.disturb: Callable[[], None] = lambda: None
        self.grants: list[Mapping[str, list[str]]] = []

    def add(self, number: int, **dates: datetime) -> dict[str, Any]:
        wire = {f"{name}Date": f"{moment:%Y-%m-%dT%H:%M:%S.000%z}" for name, moment in dates.items()}
        self.dossiers.append({"id": f"{number:024x}", "code": f"000.00.01.H08-231115-{number:04d}", **wire})
        return self.dossiers[-1]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            self.grants.append(parse_qs(request.content.decode()))
            self.tokens += 1
            self.valid = {f"Bearer t{self.tokens}"}
            return json_reply({"access_token": f"t{self.tokens}", "expires_in": self.lifetime})
        if request.headers["Authorization"] not in self.valid:
            return json_reply({"error": "invalid_token"}, 401)
        self.disturb()
        return self.search(query_of(request))

    def search(self, query: Mapping[str, str]) -> httpx.Response:
        page, size = int(query["page"]), int(query["size"])
        found = [dossier for dossier in self.dossiers if self._matches(dossier, query)]
        content = found[page * size : (page + 1) * size]
        last = (page + 1) * size >= len(found)
        return json_reply({"content": content, "totalElements": len(found), "last": last, "number": page, "size": size})

    @staticmethod
    def _matches(dossier: Mapping[str, Any], query: Mapping[str, str]) -> bool:
        for name, field in (
            ("accepted", "acceptedDate"),
            ("appointment", "appointmentDate"),
            ("result-returned", "returnedDate"),
        ):
            if f"{name}-from" in query:
                start, end = (datetime.fromisoformat(query[f"{name}-{side}"]) for side in ("from", "to"))
                if field not in dossier or not start <= datetime.fromisoformat(dossier[field]) < end:
                    return False
        return True


class FakePortal:
    """The national portal. `rows` are (local day, dossier); `ended` ends the session before the next call."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Any]] = []
        self.session = 0
        self.ended = False
        self.expired: httpx.Response = json_reply({"error_code": "-1", "message": "Phiên làm việc đã hết hạn"})
        self.code: object = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = orjson.loads(request.content)
        assert request.headers["dstcode"] == "VPCP"
        if request.url.path.endswith("/login"):
            self.session += 1
            self.ended = False
            return json_reply({"error_code": "0", "session": f"s{self.session}"})
        if self.ended or body["session"] != f"s{self.session}":
            return self.expired
        assert (body["service"], body["madonvi"], body["donViXuLy"]) == ("DanhSachHoSo", "H08", "H08")
        assert body["ngayNhan1"] == body["ngayNhan2"]
        rows = [row for day, row in self.rows if day == body["ngayNhan1"]]
        return json_reply({"error_code": self.code, "message": "Thành công", "data": rows})


class FakeCatalogue:
    """The catalogue of procedures behind the portal's adapter. `refused` are codes that it answers with an error."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.refused: set[str] = set()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = orjson.loads(request.content)
        if request.url.path.endswith("/login"):
            return json_reply({"error_code": "0", "session": "s"})
        assert (body["madonvi"], request.headers["dstcode"]) == ("H08", "VPCP")
        if body["service"] == "LayDanhSachTTHC":
            return json_reply({"error_code": 0, "result": self.items})
        assert body["service"] == "LayThuTuc"
        if body["maTTHC"] in self.refused:
            return json_reply({"error_code": "-1", "message": "Không tìm thấy"})
        return json_reply({"error_code": "0", "result": [i for i in self.items if i.get("MATTHC") == body["maTTHC"]]})


class FakeProgress:
    """The portal as it is informed how far dossiers are. `kept` are the steps that it has; what it has it refuses.

    `refused` are codes of dossiers that it does not take, `code` and `words` its reply to the others.
    """

    def __init__(self) -> None:
        self.kept: list[dict[str, str]] = []
        self.refused: set[str] = set()
        self.code: object = 0
        self.words: str | None = "Đồng bộ thành công"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = orjson.loads(request.content)
        if request.url.path.endswith("/login"):
            return json_reply({"error_code": "0", "session": "s"})
        assert (body["service"], body["madonvi"], request.headers["dstcode"]) == ("CapNhatTienDoHoSoMC", "H08", "VPCP")
        steps = body["data"]
        assert 0 < len(steps) <= 10
        if self.refused & {step["MaHoSo"] for step in steps}:
            return json_reply({"error_code": "-1", "message": "Lỗi xử lý"})
        new = [step for step in steps if step not in self.kept]
        if len(new) < len(steps):
            return json_reply({"error_code": "-3", "message": "Tiến độ đã tồn tại"})
        self.kept += new
        return json_reply({"error_code": self.code, **({} if self.words is None else {"message": self.words})})


class FakeQuestions:
    """Questions and petitions behind the portal's adapter, by service. `refused` are codes that no answer may have."""

    def __init__(self, service: str = "LayDanhSachHoiDapGuiTuDVCQG") -> None:
        self.service = service
        self.items: list[Any] = []
        self.answers: dict[str, dict[str, Any]] = {}
        self.refused: Mapping[str, Any] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = orjson.loads(request.content)
        if request.url.path.endswith("/login"):
            return json_reply({"error_code": "0", "session": "s"})
        assert (body["madonvi"], request.headers["dstcode"]) == ("H08", "VPCP")
        if body["service"] == self.service:
            return json_reply({"error_code": 0, "result": self.items})
        assert body["service"] == "DongBoKetQuaHoiDapGuiTuDVCQG"
        (answer,) = body["data"]
        if answer["HOIDAPID"] in self.refused:
            return json_reply(self.refused[answer["HOIDAPID"]])
        self.answers[answer["HOIDAPID"]] = answer
        return json_reply({"error_code": "0", "message": "Đồng bộ thành công"})


class FakeFeed:
    """A change feed, as VNeID and CCVC have it. A token is a position in feed number `feed`."""

    def __init__(self) -> None:
        self.items: list[Any] = []
        self.feed = 1

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            return json_reply({"access_token": "t", "expires_in": 300})
        query = query_of(request)
        feed, _, position = (query["after"] or f"{self.feed}:0").partition(":")
        if feed != str(self.feed):
            return json_reply({"error": "feed changed"}, 410)
        end = min(int(position) + int(query["size"]), len(self.items))
        rest = {"next": f"{self.feed}:{end}", "more": end < len(self.items)}
        return json_reply({"items": self.items[int(position) : end], **rest})


def poll_until_failure(source: Source, cursor: Cursor) -> tuple[list[Record], Cursor, Transient | None]:
    """Keep the records and the cursor of each page, as intake does, until the end of the poll or a failure."""
    records: list[Record] = []
    try:
        for page in source.poll(cursor):
            records.extend(page.records)
            cursor = page.cursor
    except Transient as failure:
        return records, cursor, failure
    return records, cursor, None


def poll_completely(source: Source, cursor: Cursor) -> tuple[list[Record], Cursor]:
    """The records and the last cursor of a poll that must not fail."""
    records, cursor, failure = poll_until_failure(source, cursor)
    assert failure is None, failure
    return records, cursor


def record_keys(records: Iterable[Record]) -> set[str]:
    return {record.key for record in records}


def days(count: float) -> timedelta:
    return timedelta(days=count)
