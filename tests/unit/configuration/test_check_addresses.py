"""What `check` finds about addresses, in the variables and in the files of a project."""

from pathlib import Path

import pytest

from lienthong.configuration.check import check
from lienthong.messages import Message

SOURCE = "use: sample_parts.offices.Office\nevery: 60s\n{more}with:\n  url: {url}\n  page_size: 50\n"
SINK = """\
use: lienthong.connectors.sinks.http.HttpSink
with:
  url: ${ARCHIVE_URL:-http://127.0.0.1:8600/archive}
  auth: {kind: bearer, token: "${ARCHIVE_TOKEN:-sandbox}"}
  headers: {X-Api-Key: sandbox}
"""


def found(project: Path, **variables: str) -> list[tuple[str, str, int]]:
    return [(finding.code, finding.file, finding.line) for finding in check(project, variables)]


def test_servers_of_no_known_kind(project: Path) -> None:
    wrong = {"LIENTHONG_BROKER": "rabbitmq://mq", "LIENTHONG_DATABASE": "postgresql://bus:mua@thu7#2023@db/bus"}
    assert found(project, **wrong) == [("LT805", "LIENTHONG_BROKER", 0), ("LT805", "LIENTHONG_DATABASE", 0)]
    texts = [str(finding) for finding in check(project, wrong)]
    assert "amqps://" in texts[0] and "%40" in texts[1] and "thu7" not in texts[1]


def test_insecure_servers_unless_the_bus_accepts_them(project: Path) -> None:
    far = {"LIENTHONG_BROKER": "amqp://mq.example.vn/", "LIENTHONG_DATABASE": "postgresql://bus@db.example.vn/bus"}
    assert [code for code, _, _ in found(project, **far)] == ["LT806", "LT806"]
    bus = project / "config" / "bus.yaml"
    bus.write_text(bus.read_text(encoding="utf-8") + "insecure: true\n", encoding="utf-8")
    assert found(project, **far) == []


@pytest.mark.parametrize(
    ("address", "codes"),
    [
        ("s3://bodies/kho?endpoint=https://files.example.vn:9000", []),
        ("s3://bodies", []),
        ("file:///srv/files", []),
        ("s3://bodies?endpoint=http://127.0.0.1:9000", []),
        ("s3://bodies?endpoint=http://files.example.vn", ["LT806"]),
        ("s3://bodies?endpoint=files.example.vn", ["LT805"]),
        ("s3:///kho", ["LT805"]),
        ("file://srv/files", ["LT805"]),
        ("minio://bodies", ["LT805"]),
        ("/srv/files", ["LT805"]),
        ("", ["LT809"]),
    ],
)
def test_the_place_for_files(project: Path, address: str, codes: list[str]) -> None:
    assert found(project, LIENTHONG_FILES=address) == [(code, "LIENTHONG_FILES", 0) for code in codes]


def test_the_server_of_the_files_may_stand_in_a_variable_of_its_own(project: Path) -> None:
    far = {"LIENTHONG_FILES": "s3://bodies", "AWS_ENDPOINT_URL": "http://files.example.vn"}
    assert found(project, **far) == [("LT806", "LIENTHONG_FILES", 0)]


def test_an_insecure_source_unless_its_file_accepts_it(project: Path) -> None:
    file = project / "config" / "sources" / "office.yaml"
    file.write_text(SOURCE.format(more="", url="http://office.example.vn"), encoding="utf-8")
    assert found(project) == [("LT806", "config/sources/office.yaml", 4)]
    file.write_text(SOURCE.format(more="insecure: true\n", url="http://office.example.vn"), encoding="utf-8")
    assert found(project) == []
    file.write_text(SOURCE.format(more="", url="http://[::1]:8600/office"), encoding="utf-8")
    assert found(project) == []


def test_defaults_of_the_sandbox_for_a_real_system(project: Path) -> None:
    (project / "config" / "sinks" / "archive.yaml").write_text(SINK, encoding="utf-8")
    assert found(project) == []
    real = {"ARCHIVE_URL": "https://archive.example.vn"}
    sink = "config/sinks/archive.yaml"
    assert found(project, **real) == [
        ("LT807", sink, 4),
        ("LT807", sink, 5),
        ("LT808", "config/sources/office.yaml", 4),
    ]
    assert ("LT807", sink, 4) in found(project, **real, ARCHIVE_TOKEN="")
    assert ("LT807", sink, 4) in found(project, **real, ARCHIVE_TOKEN="sandbox")
    assert ("LT807", sink, 4) not in found(project, **real, ARCHIVE_TOKEN="of-its-own")


def test_the_findings_are_in_both_languages(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "config" / "sinks" / "archive.yaml").write_text(SINK, encoding="utf-8")
    variables = {
        "ARCHIVE_URL": "http://archive.example.vn",
        "ARCHIVE_TOKEN": "",
        "LIENTHONG_BROKER": "mq",
        "LIENTHONG_DATABASE": "postgresql://db.example.vn",
    }
    texts: dict[str, list[str]] = {}
    for language in ("en", "vi"):
        monkeypatch.setenv("LIENTHONG_LANG", language)
        findings = check(project, variables)
        assert {finding.code for finding in findings} == {"LT805", "LT806", "LT807", "LT808"}
        texts[language] = [text for finding in findings for text in (finding.what, finding.advice)]
        assert all(isinstance(text, Message) for text in texts[language])
    assert not set(texts["en"]) & set(texts["vi"])


@pytest.mark.parametrize(
    "value",
    [
        "office.example.vn",
        "office.example.vn:8600/office",
        "//office.example.vn",
        "htp://127.0.0.1/office",
        "http://127.0.0.1:99999/office",
        "http://127.0.0.1:port/office",
        "http:///office",
        "http://user:pa@ss#1@127.0.0.1/office",
        " http://127.0.0.1/office",
        "'http://127.0.0.1/office'",
    ],
)
def test_an_address_of_a_part_that_is_not_understood(project: Path, value: str) -> None:
    source = "config/sources/office.yaml"
    assert found(project, OFFICE_URL=value) == [("LT805", source, 4)]
    finding = check(project, {"OFFICE_URL": value})[0]
    assert "OFFICE_URL" in finding.what and "https://" in finding.advice and "pa@ss" not in str(finding)


def test_an_address_is_known_by_the_name_of_its_parameter(project: Path) -> None:
    file = project / "config" / "sources" / "office.yaml"
    file.write_text(SOURCE.format(more="", url="office.example.vn"), encoding="utf-8")
    assert found(project) == [("LT805", "config/sources/office.yaml", 4)]


def test_what_the_connector_itself_refuses_is_found_once(project: Path) -> None:
    (project / "config" / "sinks" / "archive.yaml").write_text(SINK, encoding="utf-8")
    findings = [one for one in check(project, {"ARCHIVE_URL": "archive.example.vn"}) if one.level == "error"]
    assert len(findings) == 1 and findings[0].code != "LT805" and findings[0].line == 3


@pytest.mark.parametrize(("variable", "line"), [("ARCHIVE_URL", 3), ("ARCHIVE_TOKEN", 4)])
def test_a_variable_that_is_set_to_nothing(project: Path, variable: str, line: int) -> None:
    sink = "config/sinks/archive.yaml"
    (project / sink).write_text(SINK, encoding="utf-8")
    assert found(project, **{variable: ""}) == [("LT809", sink, line)]
    finding = check(project, {variable: ""})[0]
    assert variable in finding.what and f"${{{variable}:-}}" in finding.advice
    (project / sink).write_text(SINK + "enabled: false\n", encoding="utf-8")
    assert "LT809" not in {code for code, _, _ in found(project, **{variable: ""})}


def test_nothing_is_a_value_where_the_file_states_so(project: Path) -> None:
    sink = "config/sinks/archive.yaml"
    (project / sink).write_text(SINK.replace("X-Api-Key: sandbox", 'X-Api-Key: "key${SUFFIX:-}"'), encoding="utf-8")
    assert found(project, SUFFIX="") == []


def test_an_inbox_has_no_default_of_the_sandbox_once_any_system_is_a_real_one(project: Path) -> None:
    (project / "config" / "inboxes").mkdir()
    inbox = project / "config" / "inboxes" / "till.yaml"
    inbox.write_text(
        "use: connectors.inboxes.payments.Payments\nwith: {secret: '${TILL_SECRET:-sandbox}'}\n", encoding="utf-8"
    )
    route = (
        (project / "routes" / "letters.yaml").read_text(encoding="utf-8").replace("from: office", "from: {inbox: till}")
    )
    (project / "routes" / "till.yaml").write_text(route, encoding="utf-8")
    faults = [one for one in found(project) if one[0] == "LT807"]
    assert faults == []
    (project / "config" / "sinks" / "archive.yaml").write_text(SINK, encoding="utf-8")
    real = {"ARCHIVE_URL": "https://archive.example.vn"}
    assert ("LT807", "config/inboxes/till.yaml", 2) in found(project, **real)
    assert ("LT807", "config/inboxes/till.yaml", 2) not in found(project, **real, TILL_SECRET="a-real-one")
