"""Files become settings: what is left out has its default, and an environment's file is laid over."""

from datetime import timedelta
from pathlib import Path

from lienthong.configuration.load import load
from lienthong.retry import STANDARD_LADDER, RetryPolicy
from lienthong.route import Apply, Enrich, SinkCondition
from lienthong.settings import DEFAULT_BUS, BusSettings, Settings

ROUTE = """description: d
from: office
steps:
  - apply: a.b
    with: {c: 1}
  - {enrich: a.e, keys: a.k, from: book}
to: [archive]
"""


def project(tmp_path: Path, **files: str) -> Path:
    for place, text in {"routes/letters": ROUTE, "config/sinks/archive": "use: a.B\n", **files}.items():
        path = tmp_path / f"{place}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def sound(root: Path, variables: dict[str, str] | None = None) -> Settings:
    settings, findings = load(root, variables or {})
    assert findings == []
    return settings


def test_a_route_file_becomes_a_route(tmp_path: Path) -> None:
    route = sound(project(tmp_path)).routes["letters"]
    assert (route.name, route.source, route.to, route.when, route.announce) == (
        "letters",
        "office",
        ("archive",),
        None,
        False,
    )
    assert route.steps == (Apply("a.b", {"c": 1}), Enrich("a.e", "a.k", "book"))


def test_a_retry_takes_from_the_ladder_what_it_leaves_out(tmp_path: Path) -> None:
    root = project(
        tmp_path, **{"config/bus": "ladder: [1s, 1m]\n", "config/sinks/archive": "use: a.B\nretry: {attempts: 9}\n"}
    )
    settings = sound(root)
    ladder = (timedelta(seconds=1), timedelta(minutes=1))
    assert settings.bus.ladder == ladder
    assert settings.routes["letters"].retry == RetryPolicy(ladder, 3, timedelta(hours=24))
    assert settings.sinks["archive"].retry == RetryPolicy(ladder, 9, timedelta(hours=24))


def test_without_a_bus_file_the_bus_runs_on_the_standard_ladder(tmp_path: Path) -> None:
    bus = sound(project(tmp_path)).bus
    assert bus == BusSettings()
    assert bus.ladder == STANDARD_LADDER
    assert bus.bundle_size == 200


def test_owners_personal_keys_and_schemas_are_read_and_need_not_be_there(tmp_path: Path) -> None:
    settings = sound(project(tmp_path))
    assert (settings.routes["letters"].owner, settings.sinks["archive"].owner) == ("", "")
    assert (settings.bus.personal, settings.bus.types) == (None, {})
    root = project(
        tmp_path,
        **{
            "routes/letters": ROUTE + "owner: Tổ một cửa\n",
            "config/sinks/archive": "use: a.B\nowner: Kho\n",
            "config/bus": "personal: [name]\ntypes: {letter.v1: a.Letter}\n",
        },
    )
    settings = sound(root)
    assert (settings.routes["letters"].owner, settings.sinks["archive"].owner) == ("Tổ một cửa", "Kho")
    assert (settings.bus.personal, settings.bus.types) == ({"name"}, {"letter.v1": "a.Letter"})


def test_the_keys_of_tables_are_folded_and_their_values_kept(tmp_path: Path) -> None:
    root = project(tmp_path, **{"config/tables/channels": '"Trực  TIẾP": In Person\n'})
    assert sound(root).tables == {"channels": {"trực tiếp": "In Person"}}


def test_an_environment_is_laid_over_key_by_key(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        **{
            "config/bus": "room: 5\nbundle: {size: 9}\n",
            "config/sources/office": "use: a.O\nevery: 60s\nwith: {url: here, list: [1, 2], deep: {a: 1, b: 2}}\n",
            "config/env/far": "bus: {room: 7}\nsources: {office: {with: {url: '${URL}', list: [3], deep: {b: 3}}}}\n",
        },
    )
    assert sound(root).sources["office"].parameters["url"] == "here"
    settings = sound(root, {"LIENTHONG_ENV": "far", "URL": "there"})
    assert settings.sources["office"].every == timedelta(seconds=60)
    assert settings.sources["office"].parameters == {"url": "there", "list": [3], "deep": {"a": 1, "b": 3}}
    assert (settings.bus.room, settings.bus.bundle_size) == (7, 9)


def test_a_fault_of_an_environment_names_the_file_of_the_environment(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        **{
            "config/sources/office": "use: a.O\nevery: 60s\n",
            "config/env/far": "sources:\n  office:\n    every: often\n",
        },
    )
    (finding,) = load(root, {"LIENTHONG_ENV": "far"})[1]
    assert (finding.file, finding.line, finding.column) == ("config/env/far.yaml", 3, 12)


def test_one_broken_file_leaves_the_others_understood(tmp_path: Path) -> None:
    root = project(tmp_path, **{"routes/broken": "from: [", "config/sinks/bad": "- a\n"})
    settings, findings = load(root, {})
    assert set(settings.routes) == {"letters"}
    assert set(settings.sinks) == {"archive"}
    assert [finding.file for finding in findings] == ["config/sinks/bad.yaml", "routes/broken.yaml"]


def test_every_route_of_a_source_is_found_by_it(tmp_path: Path) -> None:
    settings = sound(project(tmp_path, **{"routes/again": ROUTE}))
    assert [route.name for route in settings.routes_from("office")] == ["again", "letters"]
    assert settings.routes_from("nowhere") == ()


def test_the_columns_of_a_condition_are_columns_of_the_file(tmp_path: Path) -> None:
    from lienthong.configuration.check import check

    def place(when: str) -> tuple[int, int]:
        root = project(tmp_path, **{"routes/letters": f"{when}\n" + ROUTE})
        (found,) = [finding for finding in check(root, {}) if finding.code == "LT401"]
        return found.line, found.column

    assert place("when: data.a = 1") == (1, 14)
    assert place("when:    data.a = 1") == (1, 17)
    assert place("when: 'data.a = 1'") == (1, 15)
    assert place("when: |\n    data.a == 1 &&\n    data.b = 1") == (3, 12)
    assert place("when: >-\n  data.a == 1 &&\n  data.b = 1") == (3, 10)
    assert place("when: data.a == 1 &&\n    data.b = 1") == (2, 12)
    assert place("# old line ends\r\rwhen: data.a = 1") == (3, 14)


def test_a_disabled_file_is_read_but_is_not_part_of_the_settings(tmp_path: Path) -> None:
    root = project(
        tmp_path,
        **{
            "routes/again": ROUTE + "enabled: false\n",
            "config/sinks/sms": "use: a.B\nenabled: false\n",
            "config/sources/office": "use: a.O\nevery: 60s\nenabled: true\n",
        },
    )
    settings = sound(root)
    assert (set(settings.routes), set(settings.sinks), set(settings.sources)) == ({"letters"}, {"archive"}, {"office"})
    assert settings.disabled == {"routes": ("again",), "sinks": ("sms",)}
    assert settings.routes_from("office") == (settings.routes["letters"],)


def test_an_environment_disables_a_file(tmp_path: Path) -> None:
    root = project(tmp_path, **{"config/env/far": "sinks: {archive: {enabled: false}}\n"})
    assert set(sound(root).sinks) == {"archive"}
    assert set(sound(root, {"LIENTHONG_ENV": "far"}).sinks) == set()


def test_a_sink_can_have_a_condition(tmp_path: Path) -> None:
    route = ROUTE.replace("[archive]", "[archive, {sink: sms, when: data.urgent}, {sink: log}]")
    loaded = sound(project(tmp_path, **{"routes/letters": route})).routes["letters"]
    assert loaded.to == ("archive", "sms", "log")
    assert loaded.conditions == (SinkCondition("sms", "data.urgent"),)


def test_the_language_of_the_ledger_is_vietnamese_or_what_the_file_states(tmp_path: Path) -> None:
    assert sound(project(tmp_path)).bus.language == "vi"
    assert sound(project(tmp_path, **{"config/bus": "language: en\n"})).bus.language == "en"


def test_an_empty_bus_file_means_the_defaults(tmp_path: Path) -> None:
    assert sound(project(tmp_path, **{"config/bus": "{}\n"})).bus == DEFAULT_BUS
