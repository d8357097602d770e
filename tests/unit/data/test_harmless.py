"""Text from outside is shown so that nothing in it acts."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lienthong.data.harmless import harmless, json_text

ACTING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of Unicode whose characters a terminal does not show but obeys, or that change what stands beside them."""


def acting(text: str, allowed: str = "") -> list[str]:
    return [one for one in text if unicodedata.category(one) in ACTING and one not in allowed]


def test_no_character_that_acts_is_left_of_the_whole_of_unicode() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert acting(harmless(everything)) == []
    assert acting(harmless(everything, lines=True)) == ["\n"]
    assert acting(json_text(everything)) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\[/red] [bold]x[/bold] :smile:", r"\[/red] [bold]x[/bold] :smile:"),
        ("\x1b[31mđỏ\x1b]0;x\x07", r"\x1b[31mđỏ\x1b]0;x\x07"),
        ("a\nb\r\tc\0", r"a\nb\r\tc\x00"),
        ("\x9b2J \u202egnp.exe \u2066 \u200b \u2028", r"\x9b2J \u202egnp.exe \u2066 \u200b \u2028"),
        ("\ud800 \U000e0041", r"\ud800 \U000e0041"),
        ("Nguyễn Văn Mẫu — “x”\xa0中 😀", "Nguyễn Văn Mẫu — “x”\xa0中 😀"),
    ],
)
def test_what_would_act_is_written_out_and_everything_else_stays(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(st.dictionaries(st.text(st.characters()), st.text(st.characters())))
def test_json_reads_back_exactly(value: dict[str, str]) -> None:
    assert json.loads(json_text(value)) == value
    assert json.loads(json_text(value, indent=1)) == value
    assert acting(json_text(value, indent=1), "\n") == []
