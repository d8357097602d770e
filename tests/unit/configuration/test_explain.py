"""Routes and codes in plain words; and the queues of a configuration."""

from datetime import timedelta
from pathlib import Path

import pytest

from lienthong.configuration.codes import CODES, explain_code
from lienthong.configuration.explain import explain, explain_sink, timeline
from lienthong.configuration.explain_origins import explain_source
from lienthong.configuration.load import load
from lienthong.retry import RetryPolicy
from lienthong.settings import Settings, SourceSettings
from lienthong.topology import make_topology, quarantine_queue

SECONDS = [timedelta(seconds=s) for s in (5, 30, 120)]


DOWN = "while the target as a whole is down, single events probe it, and no event spends an attempt"

DOWN_IN_VIETNAMESE = "khi cả đích không hoạt động, chỉ dò bằng từng sự kiện một, và không sự kiện nào bị tính lần thử"

GROUPS = "`lienthong dead groups --stage sink.archive`"


def lines_of(project: Path) -> list[tuple[str, str]]:
    settings, _ = load(project, {})
    return [(line.label, line.text) for line in explain(settings.routes["letters"], settings)]


def change(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_route_is_explained_in_the_order_in_which_an_event_passes_it(project: Path) -> None:
    assert lines_of(project) == [
        ("letters", "Letters become canonical and carry their addressee."),
        ("from", "`office`, polled every 1m: Letters as they arrive at an office"),
        ("when", 'data.kind != "secret"'),
        ("", "an event for which it is false is dropped; its trail states why"),
        ("steps", "1. `sample_parts.letters.canonical`: A letter in our words"),
        (
            "",
            "2. `sample_parts.letters.addressee`, with the answers of `residents`, queried once per bundle:"
            " The letter with the name of the resident at its address",
        ),
        ("", "an event that a step rejects is dead at once: to try again cannot help"),
        ("retry", "5s, 30s, 2m, 2m → dead after 5 attempts, about 4m35s"),
        ("", "for lookups that do not answer"),
        ("", DOWN),
        ("dead", "a letter of route.letters; office answers for it (`lienthong dead groups --stage route.letters`)"),
        ("announce", "batches of CloudEvents on lienthong.events, for subscribers"),
        ("to", "`archive`: Keeps every letter"),
        ("", "  retry: 5s, 30s, 2m, 10m → dead after 5 attempts, about 12m35s"),
        ("", "  dead: a letter of sink.archive; office answers for it (`lienthong dead groups --stage sink.archive`)"),
        ("", "  replay: only with `--yes-repeat`, because the target may get an event twice (`replay: ask`)"),
        ("", DOWN),
    ]


def test_a_line_in_vietnamese_shows_no_english_docstring(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "vi")
    change(project / "config/sinks/archive.yaml", "use:", "description: Kho lưu thư\nuse:")
    assert lines_of(project) == [
        ("letters", "Letters become canonical and carry their addressee."),
        ("từ", "`office`, lấy dữ liệu mỗi 1m"),
        ("khi", 'data.kind != "secret"'),
        ("", "sự kiện không thoả điều kiện thì bỏ qua; hành trình của nó ghi rõ lý do"),
        ("các bước", "1. `sample_parts.letters.canonical`"),
        ("", "2. `sample_parts.letters.addressee`, cùng kết quả tra cứu `residents`, mỗi bó tra một lần"),
        ("", "sự kiện bị một bước từ chối thì chết ngay: thử lại cũng vô ích"),
        ("thử lại", "5s, 30s, 2m, 2m → thành thư chết sau 5 lần thử, khoảng 4m35s"),
        ("", "dành cho tra cứu không trả lời"),
        ("", DOWN_IN_VIETNAMESE),
        ("chết", "thành thư chết của route.letters; office phụ trách (`lienthong dead groups --stage route.letters`)"),
        ("phát tin", "lô CloudEvents trên lienthong.events, cho các bên đăng ký"),
        ("đến", "`archive`: Kho lưu thư"),
        ("", "  thử lại: 5s, 30s, 2m, 10m → thành thư chết sau 5 lần thử, khoảng 12m35s"),
        (
            "",
            f"  chết: thành thư chết của sink.archive; office phụ trách ({GROUPS})",
        ),
        ("", "  chạy lại: chỉ khi có `--yes-repeat`, vì đích có thể nhận một sự kiện hai lần (`replay: ask`)"),
        ("", DOWN_IN_VIETNAMESE),
    ]


def test_a_sink_is_explained_with_its_owner_its_retry_and_the_routes_that_bring_events(project: Path) -> None:
    change(project / "routes/letters.yaml", "to: [archive]", "to: [{sink: archive, when: has(data.to)}]")
    change(project / "config/sinks/archive.yaml", "replay: ask", "replay: never\nowner: Records office")
    settings, _ = load(project, {})
    assert [(line.label, line.text) for line in explain_sink(settings.sinks["archive"], settings)] == [
        ("archive", "Keeps every letter"),
        ("from", "`letters` when has(data.to)"),
        ("retry", "5s, 30s, 2m, 10m → dead after 5 attempts, about 12m35s"),
        ("", DOWN),
        (
            "dead",
            f"a letter of sink.archive; Records office answers for it ({GROUPS})",
        ),
        ("replay", "never (`replay: never`)"),
    ]
    assert ("", "  replay: never (`replay: never`)") in lines_of(project)


def test_a_source_is_explained_with_its_rhythm_and_its_silence(project: Path) -> None:
    change(project / "config/sources/office.yaml", "every:", "silent_after: 2d\nevery:")
    settings, _ = load(project, {})
    assert [(line.label, line.text) for line in explain_source(settings.sources["office"], settings)] == [
        ("office", "Letters as they arrive at an office"),
        ("polled", "every 1m"),
        ("to", "`letters`"),
        ("silent", "without a new event for 2d (`silent_after`)"),
        ("with", "url: http://localhost:1"),
        ("", "page_size: 50"),
    ]


def test_a_sink_with_a_condition_shows_it(project: Path) -> None:
    change(project / "routes/letters.yaml", "to: [archive]", "to: [{sink: archive, when: has(data.to)}]")
    assert ("to", "`archive` when has(data.to): Keeps every letter") in lines_of(project)


def test_names_that_do_not_exist_are_unknown_and_disabled_ones_disabled(project: Path) -> None:
    (project / "config/sources/office.yaml").unlink()
    change(project / "config/sinks/archive.yaml", "use:", "enabled: false\nuse:")
    change(project / "routes/letters.yaml", "letters.canonical", "letters.gone")
    lines = dict(lines_of(project))
    assert lines["from"] == "`office` (unknown)"
    assert lines["to"] == "`archive` (disabled)"
    assert lines["steps"] == "1. `sample_parts.letters.gone` (unknown)"


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (RetryPolicy(tuple(SECONDS), 3, timedelta(hours=1)), "5s, 30s → dead after 3 attempts, about 35s"),
        (RetryPolicy(tuple(SECONDS), 1, timedelta(hours=1)), "none → dead after 1 attempt"),
        (RetryPolicy(tuple(SECONDS), 9, timedelta(minutes=2)), "5s, 30s → dead after 3 attempts, about 35s"),
        (
            RetryPolicy(tuple(SECONDS), 20, timedelta(days=1)),
            "5s, 30s, 2m, 2m, 2m, 2m, 2m, ..., 2m → dead after 20 attempts, about 34m35s",
        ),
        (RetryPolicy(), "5s, 30s, 2m, 10m, 1h, 6h → dead after 7 attempts, about 7h12m"),
    ],
)
def test_a_retry_is_a_timeline(policy: RetryPolicy, text: str) -> None:
    assert timeline(policy) == text


def test_every_code_can_be_explained_in_a_paragraph() -> None:
    assert explain_code("lt203") == f"LT203: {CODES['LT203'].title}. {CODES['LT203'].why}"
    assert explain_code("LT999") is None
    for code in CODES.values():
        assert not code.title.endswith(".")
        assert code.why.endswith(".")


def test_every_route_and_sink_has_a_queue_and_every_rung_its_place(project: Path) -> None:
    topology = make_topology(load(project, {})[0])
    assert topology.queues == ["route.letters", "sink.archive"]
    assert topology.quarantines == [quarantine_queue(queue) for queue in topology.queues]
    assert topology.rungs == [*SECONDS, timedelta(minutes=10)]
    assert topology.exchange == "lienthong.events"


def test_a_source_is_explained_with_its_parameters_and_without_its_secrets() -> None:
    source = SourceSettings(
        name="office",
        use="sample_parts.offices.Office",
        every=timedelta(seconds=60),
        parameters={
            "url": "https://bus:hidden-1@office.example.vn/x?token=hidden-2",
            "api_key": "hidden-3",
            "auth": {"kind": "bearer", "token": "hidden-4"},
            "look_back": [{"back": "15m", "every": "5m"}, {"back": "2d", "at": "02:00"}],
            "overlap": timedelta(days=10),
            "strict": True,
        },
    )
    lines = [f"{line.label}|{line.text}" for line in explain_source(source, Settings())]
    assert "with|url: https://office.example.vn" in lines
    assert lines[-5:-2] == ["|look_back:", "|  - {back: 15m, every: 5m}", "|  - {back: 2d, at: 02:00}"]
    assert lines[-2:] == ["|overlap: 10d", "|strict: true"]
    assert "hidden" not in "\n".join(lines)
