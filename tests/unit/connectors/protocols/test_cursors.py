"""Cursors as operators see them."""

import pytest

from connectors.protocols.cursors import describe_feed, describe_windows
from connectors.sources.ccvc import Ccvc
from connectors.sources.igate import Igate
from connectors.sources.vneid import Vneid
from lienthong import Cursor

THROUGH = "2023-11-15T01:30:00+00:00"


@pytest.mark.parametrize(
    ("cursor", "words"),
    [
        ({}, "—"),
        ({"through": THROUGH}, "15/11/2023 08:30:00"),
        (
            {"through": THROUGH, "tiers": {"4h": THROUGH}, "unread": [["a", "b", "c"]]},
            "15/11/2023 08:30:00; 4h: 15/11/2023 08:30:00",
        ),
    ],
)
def test_a_cursor_of_windows_is_a_local_time(cursor: Cursor, words: str) -> None:
    assert describe_windows(cursor) == Igate.describe_cursor(cursor) == words


def test_a_cursor_of_a_feed_is_its_token() -> None:
    assert describe_feed({}) == Vneid.describe_cursor({}) == "—"
    assert describe_feed({"after": "t9"}) == Ccvc.describe_cursor({"after": "t9"}) == "“t9”"
