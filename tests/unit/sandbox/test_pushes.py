"""What the outside systems push, in their order, until it is answered; and what is reported to them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from sandbox.recording import BadRecording, Recording
from tests.unit.sandbox.conftest import Caller, Open, Stopwatch, Write, local

URL = "http://bus.example"
DOSSIER = {"MaHoSo": "1", "MaDoiTuong": "TK7", "DinhDanhCHS": [{"SoDinhDanh": "052085001234"}]}
PUSHES = [
    ("06T12:00", "portal", {"data": [DOSSIER]}),
    ("07T12:00", "payments", {"MaGiaoDich": "GD1"}),
    ("08T12:00", "portal", {"data": []}),
]
STEP = {"MaHoSo": "1", "NguoiXuLy": "Máy", "ThoiDiemXuLy": "20231107120000", "NoiDungXuLy": "Đã nhận", "TrangThai": "1"}


class Bus:
    """Answers with each of `statuses` in turn, then 200; None is no answer."""

    def __init__(self, *statuses: int | None) -> None:
        self.statuses = list(statuses)
        self.pushed: list[tuple[str, Any, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        status = self.statuses.pop(0) if self.statuses else 200
        if status is None:
            raise httpx.ReadTimeout("no answer", request=request)
        key = request.headers.get("authorization", "")
        self.pushed.append((request.url.path, json.loads(request.content), key))
        return httpx.Response(status, text=f"reply {status}")


def write_pushes(folder: Path, pushes: Sequence[tuple[str, Any, Any]]) -> Path:
    file = folder / "portal" / "pushes.jsonl"
    file.parent.mkdir(exist_ok=True)
    lines = ({"seen_at": local(moment), "inbox": inbox, "body": body} for moment, inbox, body in pushes)
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return folder


Serve = Callable[[Bus], Caller]


@pytest.fixture
def serve(write: Write) -> Serve:
    def open_sandbox(bus: Bus) -> Caller:
        recording = Recording.load(write_pushes(write({}), PUSHES))
        stopwatch = Stopwatch()
        client = httpx.Client(transport=httpx.MockTransport(bus))
        return Caller(create_app(recording, monotonic=stopwatch, client=client), stopwatch)

    return open_sandbox


def push(caller: Caller, **order: Any) -> list[tuple[int, str, int | None]]:
    reply = caller("POST", "/-/pushes", json={"url": URL, **order})
    assert reply.status_code == 200, reply.text
    return [(each["number"], each["inbox"], each["status"]) for each in reply.json()["pushes"]]


def test_what_is_due_is_pushed_once_in_its_order(serve: Serve) -> None:
    bus = Bus()
    caller = serve(bus)
    caller.set_clock("07T12:00")
    expected = [(1, "portal", 200), (2, "payments", 200)]
    assert push(caller, key="lt_live_x") == expected
    assert push(caller) == expected
    assert bus.pushed == [
        ("/in/portal", {"data": [DOSSIER]}, "Bearer lt_live_x"),
        ("/in/payments", {"MaGiaoDich": "GD1"}, "Bearer lt_live_x"),
    ]
    caller.set_clock("09T12:00")
    assert push(caller)[-1] == (3, "portal", 200)


@pytest.mark.slow
def test_a_push_is_repeated_until_it_is_answered(serve: Serve) -> None:
    bus = Bus(None, 503, 429)
    caller = serve(bus)
    caller.set_clock("06T12:00")
    assert push(caller) == [(1, "portal", 200)]
    assert len(bus.pushed) == 3


def test_what_got_no_answer_holds_what_comes_after_it(serve: Serve) -> None:
    bus = Bus(None, None)
    caller = serve(bus)
    caller.set_clock("07T12:00")
    assert push(caller, tries=2) == [(1, "portal", None), (2, "payments", None)]
    assert push(caller) == [(1, "portal", 200), (2, "payments", 200)]


def test_a_refusal_is_an_answer(serve: Serve) -> None:
    bus = Bus(401)
    caller = serve(bus)
    caller.set_clock("06T12:00")
    assert push(caller) == [(1, "portal", 401)]
    assert caller("GET", "/-/pushes").json()["pushes"][0]["reply"] == "reply 401"


def test_on_demand_what_was_answered_is_pushed_again_and_one_inbox_alone(serve: Serve) -> None:
    bus = Bus()
    caller = serve(bus)
    caller.set_clock("09T12:00")
    push(caller, inbox="payments")
    push(caller, inbox="payments", again=True)
    assert [path for path, _, _ in bus.pushed] == ["/in/payments"] * 2
    shown = caller("GET", "/-/pushes").json()["pushes"]
    assert [each["answers"] for each in shown] == [[], [200, 200], []]


@pytest.mark.parametrize("order", [{}, {"url": "bus"}, {"url": URL, "tries": 0}, {"url": URL, "other": 1}])
def test_a_wrong_order_is_refused(serve: Serve, order: dict[str, Any]) -> None:
    assert serve(Bus())("POST", "/-/pushes", json=order).status_code == 400


@pytest.mark.parametrize("inbox", [None, 7, "a/b", ""])
def test_a_push_names_its_inbox(write: Write, inbox: Any) -> None:
    with pytest.raises(BadRecording, match="line 1: a push names its inbox"):
        Recording.load(write_pushes(write({}), [("06T12:00", inbox, {})]))


def test_the_filer_of_a_push_has_an_account(serve: Serve) -> None:
    caller = serve(Bus())
    ask = {"provider": "wso2is", "mstorcmnd": "052085001234"}
    caller.set_clock("06T11:00")
    assert caller.call_portal("TraCuuTechID", **ask)["result"] == []
    caller.set_clock("06T12:00")
    assert caller.call_portal("TraCuuTechID", **ask)["result"] == [{"TECHNICALID": "TK7"}]


def test_steps_that_are_reported_are_kept_once_and_shown(sandbox: Open) -> None:
    caller = sandbox({})
    caller.set_clock("07T12:00")
    reply = caller.call_portal("CapNhatTienDoHoSoMC", data=[STEP, STEP, {**STEP, "MaHoSo": "2"}])
    assert str(reply["error_code"]) == "0" and "thành công" in reply["message"]
    for again in ([STEP], [{**STEP, "MaHoSo": "3"}, STEP]):
        assert caller.call_portal("CapNhatTienDoHoSoMC", data=again) == {
            "error_code": "-3",
            "message": "Tiến độ đã tồn tại",
        }
    received = caller("GET", "/-/received").json()["received"]["dvcqg"]
    assert received == [{**STEP, "MaHoSo": code, "receivedAt": "2023-11-07T12:00:00+07:00"} for code in ("1", "2")]


@pytest.mark.parametrize("data", [None, [], {}, ["x"], [{**STEP, "ThoiDiemXuLy": ""}, STEP]])
def test_an_incomplete_step_is_refused_and_nothing_is_kept(sandbox: Open, data: Any) -> None:
    caller = sandbox({})
    assert caller.call_portal("CapNhatTienDoHoSoMC", data=data)["error_code"] == "-1"
    assert caller("GET", "/-/received").json()["received"]["dvcqg"] == []


def test_the_portal_misbehaves_on_demand_when_it_is_reported_to(sandbox: Open) -> None:
    caller = sandbox({})
    caller.call_portal("TraCuuHoSo", mahoso="1")
    caller.order_fault("dvcqg", "html")
    with pytest.raises(json.JSONDecodeError):
        caller.call_portal("CapNhatTienDoHoSoMC", data=[STEP])
    assert caller.call_portal("CapNhatTienDoHoSoMC", data=[STEP])["message"] == "Cập nhật tiến độ thành công"
