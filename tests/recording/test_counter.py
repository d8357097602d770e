"""The counter and the gates over HTTP, on the ledger of a recording: every question that has a right answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.command_line import lienthong
from tests.recording.conftest import assert_balanced, run_recording
from tests.unit.http.test_process import Serving

pytestmark = pytest.mark.slow

QUARTER = Path(__file__).parent / "counter"
ANSWERS = json.loads((QUARTER / "answers.json").read_text(encoding="utf-8"))
MESSAGE = "Công dân đang nộp hồ sơ là cán bộ, công chức, viên chức"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of one run of the quarter."""
    folder = tmp_path_factory.mktemp("quarter")
    run_recording(QUARTER, folder / "data", folder / "out")
    return folder / "data"


@pytest.fixture(scope="module")
def counter(data: Path) -> Iterator[httpx.Client]:
    """A one-stop system that asks."""
    options = ("--scope", "counter-checks", "--scope", "gates", "--rate", "1000/s", "--json", "--data", data)
    key = json.loads(lienthong("access", "client", "add", "igate", *options).stdout)["key"]
    serving = Serving(data)
    with httpx.Client(base_url=serving.address, headers={"Authorization": f"Bearer {key}"}) as client:
        yield client
    serving.end()


def ask(counter: httpx.Client, path: str, question: dict[str, Any]) -> dict[str, Any]:
    reply = counter.post(path, json=question)
    assert reply.status_code == 200, reply.text
    assert reply.headers["lienthong-recording"] == "true"
    return dict(reply.json())


def test_every_check_has_its_right_answer(counter: httpx.Client) -> None:
    wrong = []
    for case in ANSWERS["counter_checks"]:
        answer = ask(counter, case["path"], case["request"])
        found = {name: answer[name] for name in case["expect"]}
        if found != case["expect"] or answer["message"] != (MESSAGE if answer["notify"] else None):
            wrong.append((case, answer))
        # Nothing outside is asked on the ledger of a recording; register and catalogue were read at its last moment.
        assert (answer["portal_account"], answer["data_as_of"]) == ("unknown", "2024-03-31T23:00:00Z")
    assert (len(ANSWERS["counter_checks"]), wrong) == (80, [])


def test_every_gate_has_its_right_answer(counter: httpx.Client) -> None:
    wrong = []
    for case in ANSWERS["gates"]:
        answer = ask(counter, case["path"], case["request"])
        found = {"allowed": answer["allowed"], "codes": sorted({reason["code"] for reason in answer["reasons"]})}
        if found != case["expect"]:
            wrong.append((case, answer))
    assert (len(ANSWERS["gates"]), wrong) == (40, [])


def test_an_acknowledgement_follows_its_check_at_once_and_the_last_decision_counts(
    counter: httpx.Client, data: Path, tmp_path: Path
) -> None:
    case = next(case for case in ANSWERS["counter_checks"] if case["expect"]["notify"])
    checks = [ask(counter, case["path"], case["request"])["check_id"] for _ in range(2)]
    assert len(set(checks)) == 2
    for check, decisions in zip(checks, (("paper", "paper"), ("paper", "online")), strict=True):
        for decision in decisions:
            path = f"/v1/counter-checks/{check}/acknowledgement"
            assert ask(counter, path, {"decision": decision}) == {"check_id": check, "decision": decision}
    unknown = counter.post("/v1/counter-checks/none/acknowledgement", json={"decision": "paper"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-known")
    wrong = counter.post(f"/v1/counter-checks/{checks[0]}/acknowledgement", json={"decision": "later"})
    assert (wrong.status_code, [each["pointer"] for each in wrong.json()["errors"]]) == (400, ["/decision"])
    run_recording(QUARTER, data, tmp_path / "again")  # what was asked reaches the data store
    month = case["request"]["at"][:7]
    lienthong("report", "paper-filings", "--period", month, "--data", data, "--out", tmp_path)
    reminders = json.loads((tmp_path / f"paper-filings-{month}.json").read_text(encoding="utf-8"))["reminders"]
    assert (reminders["paper"], reminders["online"], reminders["checks"] >= 2) == (1, 1, True)
    assert_balanced(data)


def test_a_procedure_is_shown_for_every_day_on_which_one_of_its_versions_begins(counter: httpx.Client) -> None:
    lines = (QUARTER / "catalogue" / "procedures.jsonl").read_text(encoding="utf-8").splitlines()
    levels = {2: "none", 3: "partial", 4: "full"}
    for body in (json.loads(line)["body"] for line in lines):
        day = f"{body['HIEULUCTU'][:4]}-{body['HIEULUCTU'][4:6]}-{body['HIEULUCTU'][6:]}"
        found = counter.get(f"/v1/procedures/{body['MATTHC']}.000.00.00.H08", params={"on": day}).json()
        assert (found["effective_from"], found["online_level"]) == (day, levels[body["MUCDO"]])
        assert found["authentication_level"] == body["MUCXACTHUC"]
        replaced = {paper["MAGIAYTO"]: paper["MA_KQ_THAYTHE"] for paper in body["THANHPHANHOSO"][0]["GIAYTO"]}
        assert {each["code"]: "".join(each["replaced_by"]) for each in found["components"]} == replaced
    assert counter.get("/v1/procedures/9.999999").status_code == 404
