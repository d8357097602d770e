"""VNeID accounts: levels in every spelling, and reasons that never show a number."""

from datetime import datetime
from typing import Any

import pytest

from lienthong.errors import Rejected
from tests.unit.transforms.recorded_events import received_event
from transforms.accounts import from_vneid


def transform(**changed: Any) -> Any:
    account = {
        "citizenPid": "052085001234",
        "fullName": "NGUYỄN VĂN MẪU",
        "accountType": "PERSONAL",
        "accountLevel": 2,
        "activatedAt": "2023-11-04T23:59:59+07:00",
        **changed,
    }
    return from_vneid(received_event("vneid", "an account", account))


def test_an_account_becomes_a_canonical_event_without_the_name() -> None:
    event = transform()
    assert (event.type, event.time.isoformat()) == ("identity_account.v1", "2023-11-04T16:59:59+00:00")
    assert event.data == {
        "identity": "052085001234",
        "level": 2,
        "account_type": "PERSONAL",
        "activated_at": "2023-11-04T16:59:59Z",
        "observed_at": "2023-11-15T05:00:00Z",
    }


@pytest.mark.parametrize(
    ("activated", "flags", "time"),
    [
        ("2023-11-15T12:05:00+07:00", None, "2023-11-15T05:00:00+00:00"),
        ("2023-11-15T12:11:00+07:00", ["date-in-future"], "2023-11-15T05:00:00+00:00"),
        ("2099-01-01T00:00:00Z", ["date-in-future"], "2023-11-15T05:00:00+00:00"),
        ("1970-01-01T00:00:00Z", ["date-too-old"], "2023-11-15T05:00:00+00:00"),
        ("2021-03-01T00:00:00Z", None, "2021-03-01T00:00:00+00:00"),
    ],
)
def test_an_activation_that_cannot_have_happened_is_kept_and_flagged(
    activated: str, flags: list[str] | None, time: str
) -> None:
    event = transform(activatedAt=activated)
    assert (event.data.get("quality"), event.time.isoformat()) == (flags, time)
    assert datetime.fromisoformat(event.data["activated_at"]) == datetime.fromisoformat(activated)


@pytest.mark.parametrize("level", [2, "2", 2.0, " 2 ", "Mức 2", "mức độ 2", "MỨC ĐỘ 2"])
def test_a_level_is_read_in_every_spelling(level: object) -> None:
    assert transform(accountLevel=level).data["level"] == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("citizenPid", None),
        ("citizenPid", "000000001"),
        ("citizenPid", "52085001234"),
        ("accountLevel", 3),
        ("accountLevel", None),
        ("accountLevel", "Mức 12"),
        ("activatedAt", None),
        ("activatedAt", "2023-11-24"),
        ("activatedAt", "052085001234"),
    ],
)
def test_an_unusable_value_is_rejected_with_its_field_and_the_reason_shows_no_number(field: str, value: object) -> None:
    with pytest.raises(Rejected) as rejected:
        transform(**{field: value})
    assert rejected.value.field == field
    assert "5208500" not in str(rejected.value)
    assert "000000001" not in str(rejected.value)
