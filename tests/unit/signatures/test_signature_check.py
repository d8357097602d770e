"""`lienthong signature check` as a person or a program runs it."""

import json
from pathlib import Path

import pytest

from tests.command_line import lienthong

GIVEN = Path(__file__).parents[2] / "signatures" / "given"
AT = "2026-11-20T09:00:00+07:00"

pytestmark = pytest.mark.slow


def test_a_file_that_passes_has_exit_code_0_and_its_verdict_as_json() -> None:
    done = lienthong(
        "signature", "check", GIVEN / "pades-leaf-only.pdf", "--trust", GIVEN / "trust", "--at", AT, "--json"
    )
    assert done.returncode == 0, done.stderr
    verdict = json.loads(done.stdout)
    assert (verdict["indication"], verdict["sub_indication"], len(verdict["signatures"])) == ("TOTAL-PASSED", None, 1)
    assert verdict["checked_at"] == "2026-11-20T02:00:00+00:00"


def test_a_file_that_does_not_pass_has_exit_code_1_and_still_its_json() -> None:
    done = lienthong("signature", "check", GIVEN / "crl-missing.pdf", "--trust", GIVEN / "trust", "--at", AT, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["recheck_after"] == "2026-11-21T02:00:00+00:00"


def test_a_person_reads_what_to_do() -> None:
    arguments = ("signature", "check", GIVEN / "crl-missing.pdf", "--trust", GIVEN / "trust", "--at", AT)
    assert "put it into crls/" in " ".join(lienthong(*arguments, LIENTHONG_LANG="en").stdout.split())
    assert "đặt vào thư mục crls/" in " ".join(lienthong(*arguments, LIENTHONG_LANG="vi").stdout.split())


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("absent.pdf", "--trust", GIVEN / "trust"), "is no file"),
        ((GIVEN / "xref-loop.pdf", "--trust", GIVEN / "absent"), "is no folder"),
        ((GIVEN / "xref-loop.pdf", "--trust", GIVEN), "policy.yaml"),
        ((GIVEN / "xref-loop.pdf", "--trust", GIVEN / "trust", "--profile", "private"), "official, forms"),
        ((GIVEN / "xref-loop.pdf", "--trust", GIVEN / "trust", "--at", "soon"), "cannot be read"),
    ],
)
def test_wrong_use_has_exit_code_2_and_a_reason(arguments: tuple[str | Path, ...], why: str) -> None:
    done = lienthong("signature", "check", *arguments, LIENTHONG_LANG="en")
    assert (done.returncode, done.stdout) == (2, "")
    assert why in " ".join(done.stderr.split())


def test_a_file_that_takes_too_much_memory_costs_its_own_process_and_gets_a_verdict(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(900 << 20)
    done = lienthong("signature", "check", large, "--trust", GIVEN / "trust", "--at", AT, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["reasons"][0]["code"] == "beyond-limit"
