"""Values of exact types give the same data without pydantic; all others go through it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError, field_validator

from schemas.canonical.dossier_v1 import CivilServantTag, Dossier, Supplement
from schemas.exact_types import ExactTypes
from schemas.shapes import Shape

NOW = datetime(2023, 11, 15, 1, 46, tzinfo=UTC)
LEAST: dict[str, Any] = {
    "code": "000.00.31.H08-231101-00239",
    "procedure": "1.000656",
    "updated_at": NOW,
    "observed_at": NOW,
}
_ZONES = st.sampled_from([UTC, ZoneInfo("Asia/Ho_Chi_Minh")])
_ANY = st.one_of(
    st.none(), st.text(max_size=5), st.integers(), st.booleans(), st.datetimes(timezones=_ZONES), st.datetimes(),
    st.sampled_from(["online", "partial", "portal", "2023-11-15T01:46:00Z", "7", 1.0]), st.lists(st.text(max_size=3)),
    st.builds(Supplement, number=st.integers(0, 9)), st.just({"staff_no": "1", "agency": "H08", "category": "CC"}),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(list(Dossier.model_fields)), _ANY))
def test_data_is_what_pydantic_makes_of_the_values(values: dict[str, Any]) -> None:
    values = LEAST | values
    try:
        wanted = Dossier.model_validate(values).to_data()
    except ValidationError:
        with pytest.raises(ValidationError):
            Dossier.data_of(values)
    else:
        assert repr(Dossier.data_of(values)) == repr(wanted)  # the order and the types are the same, too


def test_a_usual_dossier_needs_no_pydantic() -> None:
    values = LEAST | {"channel": "online", "status": 2, "quality": ["level-unknown"], "completed_at": None}
    exact = ExactTypes(Dossier)
    assert exact.data_of(values) == exact.data_of(dict(values)) == Dossier.model_validate(values).to_data()
    assert exact.data_of(values | {"channel": "by horse"}) is None
    assert exact.data_of(values | {"status": "2"}) is None
    assert exact.data_of(values | {"civil_servant": CivilServantTag(staff_no="1", agency="H08", category="CC")}) is None
    assert exact.data_of(values | {"unknown": 1}) is None


class Ruled(Shape):
    """A field with a rule, and one with a limit."""

    name: str = "x"
    count: int = Field(0, ge=0)

    @field_validator("name")
    @classmethod
    def upper(cls, name: str) -> str:
        return name.upper()


class Limited(Shape):
    count: int = Field(0, ge=0)


def test_rules_and_limits_of_a_shape_hold() -> None:
    assert Ruled.data_of({"name": "a"}) == {"name": "A", "count": 0}
    assert Limited.data_of({}) == {"count": 0}
    with pytest.raises(ValidationError):
        Limited.data_of({"count": -1})
