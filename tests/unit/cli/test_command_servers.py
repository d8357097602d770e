"""Addresses of servers through the command line: refused by every command before anything is tried."""

from pathlib import Path

import pytest

from tests.command_line import lienthong

COMMANDS = ["check", "check --json", "doctor", "run --until-done", "balance", "queues", "migrate", "topology plan"]
PLAIN = {"LIENTHONG_LANG": "en"}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("variable", "value", "write"),
    [
        ("LIENTHONG_BROKER", "rabbitmq://guest:g3heim@mq.example.vn/", "amqps://"),
        ("LIENTHONG_BROKER", "amqp://bus:mua@g3heim#2023@mq.example.vn/prov", "%40 for @, %23 for #"),
        ("LIENTHONG_DATABASE", "host=db password=g3heim", "postgresql://"),
    ],
)
def test_an_address_that_is_not_understood_is_refused(
    command: str, variable: str, value: str, write: str, tmp_path: Path
) -> None:
    data = [] if command.startswith("check") else ["--data", tmp_path / "data"]
    done = lienthong(*command.split(), *data, **PLAIN, **{variable: value})
    shown = done.stdout + done.stderr
    assert done.returncode == 1
    assert variable in shown and write in shown
    assert "g3heim" not in shown and "2023@" not in shown and "Traceback" not in shown
    for log in tmp_path.rglob("*.jsonl"):
        assert "g3heim" not in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("option", ["--broker", "--database"])
def test_an_option_that_names_a_server_is_named_itself(option: str, tmp_path: Path) -> None:
    command = ["run", "--recording", tmp_path, "--until-done", option, "mysql://bus:g3heim@db", "--out", tmp_path / "o"]
    done = lienthong(*command, **PLAIN)
    assert done.returncode != 0 and "g3heim" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["check", "run --until-done", "migrate"])
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LIENTHONG_DATABASE", "postgresql://bus:g3heim@db.example.vn/bus?sslmode=require"),
        ("LIENTHONG_BROKER", "amqp://bus:g3heim@mq.example.vn/prov"),
    ],
)
def test_an_insecure_link_to_another_machine_is_refused(
    command: str, variable: str, value: str, tmp_path: Path
) -> None:
    data = [] if command.startswith("check") else ["--data", tmp_path / "data"]
    done = lienthong(*command.split(), *data, **PLAIN, **{variable: value})
    assert done.returncode == 1
    assert f"{variable}" in done.stdout + done.stderr and "insecure: true" in done.stdout + done.stderr


def test_insecure_true_accepts_the_link_and_the_doctor_shows_it(tmp_path: Path) -> None:
    variables = {"LIENTHONG_BROKER": "amqp://bus:g3heim@mq.invalid/prov", "LIENTHONG_ENV": "compose", **PLAIN}
    assert lienthong("check", **variables).returncode == 0
    shown = lienthong("doctor", "--data", tmp_path / "data", **variables).stdout
    assert "! Links: LIENTHONG_BROKER: amqp://mq.invalid is not verified" in shown
    real = {"CCVC_URL": "https://ccvc.example.vn/x", "CCVC_API_KEY": "real"}
    shown = lienthong("doctor", "--data", tmp_path / "data", **PLAIN, **real).stdout
    assert "✓ Links: ccvc: https://ccvc.example.vn is encrypted and verified" in shown


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"VNEID_URL": "https://vneid.example.gov.vn", "VNEID_CLIENT_SECRET": "real"}, "VNEID_KEY_SALT"),
        ({"CCVC_URL": "https://ccvc.example.gov.vn"}, "CCVC_API_KEY"),
        ({"CCVC_URL": "https://ccvc.example.gov.vn", "CCVC_API_KEY": "sandbox"}, "CCVC_API_KEY"),
        ({"IGATE_URL": "https://igate.example.gov.vn", "IGATE_CLIENT_SECRET": ""}, "IGATE_CLIENT_SECRET"),
    ],
)
@pytest.mark.parametrize("command", ["check", "run --until-done"])
def test_a_default_of_the_sandbox_is_refused_for_a_real_system(
    variables: dict[str, str], name: str, command: str, tmp_path: Path
) -> None:
    data = ["--data", tmp_path / "data"] if command.startswith("run") else []
    done = lienthong(*command.split(), *data, **PLAIN, **variables)
    shown = done.stdout + done.stderr
    assert done.returncode == 1
    assert "LT807" in shown and name in shown
    assert not (tmp_path / "data" / "lienthong.db").exists()


def test_a_real_address_with_real_values_is_sound() -> None:
    real = "of-this-province"
    secrets = ("CCVC_API_KEY", "PAYMENTS_SECRET", "ZALO_OA_SECRET", "NOTICE_RECEIPTS_TOKEN")
    variables = {"CCVC_URL": "https://ccvc.example.gov.vn", **dict.fromkeys(secrets, real)}
    done = lienthong("check", **PLAIN, **variables)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("setting", "write", "code"),
    [
        ("CCVC_URL=ccvc.example.gov.vn", "https://", 1),
        ("IGATE_URL=http://127.0.0.1:70000/igate", "65535", 1),
        ("VNEID_URL=", "unset", 1),
        ("LIENTHONG_LOG=xml", "`console`", 2),
        ("LIENTHONG_LANG=de", "`vi`", 2),
    ],
)
@pytest.mark.parametrize("command", ["check", "check --json", "run --until-done", "test"])
def test_a_variable_that_means_nothing_is_refused(
    command: str, setting: str, write: str, code: int, tmp_path: Path
) -> None:
    variable, _, value = setting.partition("=")
    data = ["--data", tmp_path / "data"]
    done = lienthong(*command.split(), *data, **{**PLAIN, variable: value})
    shown = done.stdout + done.stderr
    assert done.returncode == code, shown
    assert variable in shown and write in shown and "Traceback" not in shown
    assert not (tmp_path / "data" / "lienthong.db").exists()


@pytest.mark.parametrize("command", ["doctor", "balance", "queues", "sources", "dead list", "explain igate"])
@pytest.mark.parametrize(("variable", "value"), [("LIENTHONG_LOG", "xml"), ("LIENTHONG_LANG", "de")])
def test_every_command_refuses_words_that_are_not_known(
    command: str, variable: str, value: str, tmp_path: Path
) -> None:
    data = ["--data", tmp_path / "data"]
    done = lienthong(*command.split(), *data, **{**PLAIN, variable: value})
    assert done.returncode == 2 and f"{variable}={value!r}" in done.stderr


def test_both_languages_tell_of_an_unknown_one(tmp_path: Path) -> None:
    done = lienthong("balance", "--data", tmp_path, LIENTHONG_LANG="de")
    assert "is not known; write" in done.stderr and len(done.stderr.strip().splitlines()) == 2
    for language in ("vi_VN.UTF-8", "EN", "en-GB"):
        assert "LIENTHONG_LANG" not in lienthong("balance", "--data", tmp_path, LIENTHONG_LANG=language).stderr
