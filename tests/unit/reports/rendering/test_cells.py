"""Values as Vietnamese readers write them, and figures for programs."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from reports.figures import format_share, share
from reports.rendering import json_file
from reports.rendering.cells import format_cell
from tests.unit.reports.rendering.documents import document


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (139788, "number", "139.788"),
        (0, "number", "0"),
        (2023, "text", "2023"),
        (Decimal("0.5107"), "percent", "51,07%"),
        (Decimal("0.41125"), "percent", "41,13%"),
        (Decimal(12), "percent", "1.200,00%"),
        ("–", "percent", "–"),
        (date(2023, 11, 7), "date", "07/11/2023"),
        (datetime(2023, 10, 31, 17, tzinfo=UTC), "date", "01/11/2023"),
        (None, "number", ""),
        ("Ho\u0302\u0300 sơ\x00", "text", "Hồ sơ"),
    ],
)
def test_a_cell_is_written_as_vietnamese_readers_expect(value: Any, kind: str, shown: str) -> None:
    assert format_cell(value, kind) == shown


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [(133136, 139788, "95,24%"), (32888, 80822, "40,69%"), (1, 20000, "0,01%"), (1, 20001, "0,00%"), (0, 0, "–")],
)
def test_shares_are_rounded_half_up(numerator: int, denominator: int, shown: str) -> None:
    assert format_share(numerator, denominator) == shown


def test_no_share_is_not_zero_percent() -> None:
    assert share(0, 0) == "–"
    assert share(0, 5) == Decimal(0)


def test_the_json_file_is_the_payload_in_its_order_and_in_utf_8() -> None:
    rendered = json_file.render(document())
    assert list(json.loads(rendered)) == ["period", "total", "by_agency"]
    assert "Sở Y tế".encode() in rendered
