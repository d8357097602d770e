"""Letters by cause, and the search among them."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.dead_letters import actions
from lienthong.dead_letters.actions import discard
from lienthong.dead_letters.cause import cause_of, generalise
from lienthong.dead_letters.model import LetterFilter
from tests.unit.dead_letters.letter_bus import LAN, LetterBus


@pytest.mark.parametrize(
    ("reason", "general"),
    [
        ("giá trị “abc 12” không có trong danh mục", "giá trị “…” không có trong danh mục"),
        ("loại 'x.v1' và \"y\" không nhận", "loại “…” và “…” không nhận"),
        ("sai ngày 2023-11-31T09:00 ở dòng 7", "sai ngày #-#-#T#:# ở dòng #"),
        ("đã thử 5 lần không được", "đã thử # lần không được"),
        ("sự kiện 0c3f1a9e-7b1f-5c3e-9a58-6c69656e7468 trùng", "sự kiện # trùng"),
        ("thiếu trường `acceptedDate`", "thiếu trường `acceptedDate`"),
        ("cổng trả lời HTTP 404 sau 3 lần", "cổng trả lời HTTP 404 sau # lần"),
        ("HTTP/1.1 503 from 10.0.0.7:8080", "HTTP/1.1 503 from #.#.#.#:#"),
        ("status code: 422 for 000.00.31.H08-231115-00001", "status code: 422 for #.#.#.H#-#"),
        ("SQLSTATE 22P02 ở dòng 12", "SQLSTATE 22P02 ở dòng #"),
        ("ORA-00942 at 17:05", "ORA-00942 at #:#"),
        ("dòng 7, cột 3: “x 1” không đúng", "dòng #, cột 3: “…” không đúng"),
        ("trường `phone2` và `parts[12].no1`, `a.3` thiếu", "trường `phone2` và `parts[#].no1`, `a.#` thiếu"),
        ("a value of HTTP 40412 bytes", "a value of HTTP # bytes"),
    ],
)
def test_values_that_differ_from_letter_to_letter_are_replaced(reason: str, general: str) -> None:
    assert generalise(reason) == general


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.text(alphabet="abcđ 1-", max_size=20))
def test_reasons_that_differ_in_a_value_have_one_cause(one: int, other: int, quoted: str) -> None:
    first = cause_of(
        stage="route.a", error="Rejected", field=f"parts[{one}].x", reason=f"dòng {one}: “{quoted}” không đúng"
    )
    second = cause_of(
        stage="route.a", error="Rejected", field=f"parts[{other}].x", reason=f"dòng {other}: “” không đúng"
    )
    assert first == second
    assert first.id == second.id


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("phone1", "phone2", False),
        ("parts[0].name", "parts[17].name", True),
        ("parts.0.name", "parts.17.name", True),
        ("/parts/0", "/parts/1", True),
        ("v1.kind", "v2.kind", False),
    ],
)
def test_a_place_in_a_list_is_no_cause_and_a_name_is_one(one: str, other: str, same: bool) -> None:
    first, second = (cause_of(stage="s", error="e", field=field, reason="thiếu") for field in (one, other))
    assert (first.id == second.id) is same


@pytest.mark.parametrize("reason", ["HTTP 404", "SQLSTATE 23505", "mã lỗi 17"])
def test_codes_of_errors_tell_causes_apart(reason: str) -> None:
    assert generalise(f"đích trả lời {reason}") != generalise(f"đích trả lời {reason[:-1]}9")


def test_many_letters_are_a_few_groups(bus: LetterBus) -> None:
    bus.receive("bad", *(f"n{number}" for number in range(120)))
    bus.clock.move_to(bus.clock.now().replace(day=5))
    bus.bad.add("worse")
    bus.receive("bad", "late")
    bus.receive("refused", "a", "b")
    groups = bus.letter_store.letters.groups(LetterFilter())
    assert [(g.count, g.cause.stage, g.cause.field) for g in groups] == [
        (121, "route.a", "kind"),
        (2, "sink.store", ""),
    ]
    assert groups[0].cause.reason == "loại “…” không có trong danh mục"
    assert (groups[0].first.day, groups[0].last.day, groups[0].sources) == (1, 5, ("igate",))
    assert bus.freeze(LetterFilter(group=groups[1].cause.id)).count == 2


def test_a_search_by_group_stage_source_and_state(bus: LetterBus) -> None:
    bus.receive("bad", "a", "b")
    bus.receive("refused", "c")
    discard(bus.letter_store, [1], who=LAN, reason="trùng")
    lines = bus.letter_store.letters.search
    assert [line.subject for line in lines(LetterFilter())] == ["b", "c"]
    assert [line.subject for line in lines(LetterFilter(state="discarded"))] == ["a"]
    assert [line.subject for line in lines(LetterFilter(state=None))] == ["a", "b", "c"]
    assert [line.subject for line in lines(LetterFilter(stage="sink.store"))] == ["c"]
    assert list(lines(LetterFilter(source="ccvc"))) == []
    assert list(lines(LetterFilter(group="00000000"))) == []
    group = bus.letter_store.letters.groups(LetterFilter(stage="route.a"))[0].cause.id
    assert [line.subject for line in lines(LetterFilter(group=group))] == ["b"]


@pytest.mark.slow
def test_a_search_through_many_letters_keeps_few_of_them_in_memory(bus: LetterBus) -> None:
    for start in range(0, 6000, 2000):
        bus.receive("bad", *(f"n{number}" for number in range(start, start + 2000)), filler="x" * 200)

    def peak(state: str) -> int:
        tracemalloc.start()
        count = sum(1 for _ in bus.letter_store.letters.search(LetterFilter(stage=state)))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count in (0, 6000)
        return used

    peak("nowhere")  # so that what SQLAlchemy prepares once is not measured
    assert peak("route.a") < 3_000_000


def test_who_discards_many_letters_keeps_the_sums_on_the_way(bus: LetterBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "KEPT_FROM", 6)
    monkeypatch.setattr(actions, "LETTERS_PER_TRANSACTION", 3)
    bus.receive("bad", *(f"n{number}" for number in range(8)))
    bus.ledger.keep_sums()
    discard(bus.letter_store, range(1, 9), who=LAN, reason="trùng")
    assert not bus.ledger.keep_sums(at_least=3), "of the last two batches only one is left"
    assert bus.ledger.keep_sums(at_least=2)
