"""Every code that the lint of templates raises is explained in both languages, and in the document."""

import re
from pathlib import Path

from connectors.notices.codes import MEANINGS, explain

ROOT = Path(__file__).parents[4]
VIETNAMESE = re.compile("[ăâđêôơưà-ãè-êìíò-õùúýạ-ỹ]", re.IGNORECASE)


def raised() -> set[str]:
    files = [*(ROOT / "connectors/notices").glob("lint*.py"), ROOT / "connectors/notices/templates.py"]
    return {code for file in files for code in re.findall(r'"(NT\d\d)"', file.read_text("utf-8"))}


def test_each_code_that_is_raised_is_explained_and_no_other() -> None:
    assert set(MEANINGS) == raised()


def test_each_is_explained_in_both_languages() -> None:
    for code in MEANINGS:
        vi, en = explain(code.lower(), "vi"), explain(code, "en")
        assert vi and en and vi.startswith(f"{code}: ") and en.startswith(f"{code}: ")
        assert VIETNAMESE.search(vi)
        assert not VIETNAMESE.search(re.sub("“[^”]*”", "", en)), en
    assert explain("NT99", "vi") is None


def test_the_document_lists_every_code() -> None:
    document = (ROOT / "docs/notices.md").read_text("utf-8")
    ranges = re.findall(r"NT(\d\d) to NT(\d\d)", document)
    listed = {f"NT{number:02}" for first, last in ranges for number in range(int(first), int(last) + 1)}
    assert set(MEANINGS) <= listed | set(re.findall(r"NT\d\d", document))
