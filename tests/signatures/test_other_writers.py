"""Files that other tools have signed are judged as ours are; see `other_writers/README.md`."""

from pathlib import Path

import pytest

from lienthong.signatures.judge import judge
from lienthong.signatures.limits import Limits
from lienthong.signatures.trust import Trust, load_trust
from lienthong.signatures.verdict import DocumentVerdict
from tests.signatures.authorities import moment

HERE = Path(__file__).parent / "other_writers"
FILES = sorted(path.name for path in HERE.iterdir() if path.suffix in (".pdf", ".xml"))
AT = moment("2026-11-29T02:00")


@pytest.fixture(scope="module")
def trust() -> Trust:
    return load_trust(HERE / "trust")


def verdict(content: bytes, trust: Trust) -> DocumentVerdict:
    return judge(content, trust=trust, profile=None, at=AT, limits=Limits())


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_tool_passes(name: str, trust: Trust) -> None:
    found = verdict((HERE / name).read_bytes(), trust)
    assert found.indication == "TOTAL-PASSED", found.reasons
    assert len(found.signatures) == (2 if "two" in name else 1)


@pytest.mark.parametrize("name", FILES)
def test_the_same_file_with_another_sum_fails(name: str, trust: Trust) -> None:
    content = (HERE / name).read_bytes()
    assert content.count(b"4400000") == 1
    found = verdict(content.replace(b"4400000", b"9400000"), trust)
    assert (found.indication, found.sub_indication) == ("TOTAL-FAILED", "HASH_FAILURE")


def test_the_files_are_of_several_tools() -> None:
    assert {name.partition("-")[0].partition(".")[0] for name in FILES} == {
        *("endesive", "openssl", "pyhanko", "signxml", "xmlsec")
    }
