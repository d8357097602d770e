"""The portal learns that a submission is received and when, or what it lacks."""

from collections.abc import Sequence
from typing import Any

import pytest

from connectors.sinks.portal import Portal
from lienthong.envelope import Envelope
from lienthong.errors import Transient
from lienthong.outcome import Dead, Done, Later, Outcome
from tests.contract.sinks_contract import UntouchableTransaction
from tests.fake_systems import FakeProgress, FakeServer, make_site
from tests.unit.transforms.submitted import CODE, file, submission

LOGIN = {"username": "lienthong", "password": "sandbox", "dstcode": "VPCP", "agency": "H08"}


class Bench:
    def __init__(self, **parameters: Any) -> None:
        self.portal = FakeProgress()
        self.server = FakeServer(self.portal)
        self.sink = Portal(make_site(), self.server.http(), url="http://portal/", **{**LOGIN, **parameters})

    def deliver(self, *events: Envelope) -> Sequence[Outcome]:
        return self.sink.deliver(events, UntouchableTransaction())


def test_the_portal_learns_the_official_moment_of_receipt() -> None:
    bench = Bench(office="Trung tâm Phục vụ hành chính công")
    event = submission()
    assert bench.deliver(event) == [Done(event)]
    assert bench.portal.kept == [
        {
            "MaHoSo": CODE,
            "NguoiXuLy": "Hệ thống tiếp nhận tự động",
            "ChucDanh": "",
            "ThoiDiemXuLy": "20240108125403",
            "PhongBanXuLy": "Trung tâm Phục vụ hành chính công",
            "NoiDungXuLy": "Hệ thống xác nhận đã tiếp nhận hồ sơ trực tuyến lúc 12:54:03 ngày 08/01/2024.",
            "TrangThai": "1",
            "NgayBatDau": "",
            "NgayKetThucTheoQuyDinh": "",
        }
    ]


def test_the_portal_learns_what_is_lacking_within_its_limits() -> None:
    bench = Bench(officer="x" * 60)
    bench.deliver(submission(TaiLieuNop=[file(Base64="*", name=f"{'a' * 300}{n}.pdf") for n in range(9)]))
    (step,) = bench.portal.kept
    assert step["TrangThai"] == "5"
    assert step["NoiDungXuLy"].startswith("Hồ sơ gửi lúc 12:54:03 ngày 08/01/2024 chưa đủ điều kiện tiếp nhận: Không")
    assert (len(step["NoiDungXuLy"]), len(step["NguoiXuLy"])) == (1000, 50)


def test_sent_again_it_is_the_same_step_which_the_portal_knows() -> None:
    bench = Bench()
    event = submission()
    assert bench.deliver(event, event) == [Done(event)] * 2
    for _ in range(3):
        assert bench.deliver(event) == [Done(event)]
    assert len(bench.portal.kept) == 1


@pytest.mark.parametrize("code", [0, "0"])
@pytest.mark.parametrize("words", ["Đồng bộ thành công", "THÀNH CÔNG", "Cap nhat thanh cong", None, ""])
def test_a_success_is_known_by_code_and_words(code: object, words: str | None) -> None:
    bench = Bench()
    bench.portal.code, bench.portal.words = code, words
    event = submission()
    assert bench.deliver(event) == [Done(event)]


def test_a_code_of_success_beside_other_words_is_none() -> None:
    bench = Bench()
    bench.portal.words = "Chờ phê duyệt"
    (outcome,) = bench.deliver(submission())
    assert isinstance(outcome, Later) and not outcome.outage and "không xác nhận" in outcome.why


def test_what_the_portal_refuses_costs_no_other() -> None:
    bench = Bench()
    events = [submission(MaHoSo=f"000.00.34.H08-240108-{n:06d}") for n in range(25)]
    bench.portal.refused = {events[12].subject}
    outcomes = bench.deliver(*events)
    assert [isinstance(outcome, Done) for outcome in outcomes].count(False) == 1
    assert isinstance(outcomes[12], Later)
    assert {step["MaHoSo"] for step in bench.portal.kept} == {event.subject for event in events} - bench.portal.refused


def test_what_the_portal_got_before_it_went_away_is_done() -> None:
    bench = Bench()
    events = [submission(MaHoSo=f"000.00.34.H08-240108-{n:06d}") for n in range(20)]
    bench.server.fail_after(2)  # the login and the first ten
    outcomes = bench.deliver(*events)
    assert [type(outcome) for outcome in outcomes] == [Done] * 10 + [Later] * 10
    assert all(outcome.outage for outcome in outcomes[10:] if isinstance(outcome, Later))
    with pytest.raises(Transient):
        bench.deliver(*events[10:])


def test_what_is_no_submission_is_dead() -> None:
    event = submission()
    odd = event._replace(data={**event.data, "lacking": [{"message": "x"}]})
    for other in (event._replace(data={"code": CODE}), odd):
        (outcome,) = Bench().deliver(other)
        assert isinstance(outcome, Dead) and not outcome.why.isascii()


def test_a_step_that_the_portal_knows_makes_no_other_step_of_its_call_delivered() -> None:
    bench = Bench()
    known, *new = (submission(MaHoSo=f"000.00.34.H08-240108-80000{n}") for n in range(3))
    bench.deliver(known)
    assert bench.deliver(new[0], known, new[1]) == [Done(each) for each in (new[0], known, new[1])]
    codes = [step["MaHoSo"] for step in bench.portal.kept]
    assert codes == [each.data["code"] for each in (known, *new)]
