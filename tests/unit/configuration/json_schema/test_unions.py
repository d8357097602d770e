"""Several schemas as one, distinguished by the kind of the value."""

from lienthong.configuration.json_schema import vocabulary as v
from lienthong.configuration.json_schema.unions import union

TEXT = v.text(substituted=True)
NUMBER = {"type": ["integer", "string"], "pattern": v.INTEGER_TEXT}


def test_one_schema_is_itself() -> None:
    assert union([NUMBER]) is NUMBER


def test_texts_and_numbers_are_any_scalar() -> None:
    assert union([TEXT, NUMBER]) == {"type": ["integer", "string"], "pattern": v.WELL_FORMED}


def test_kinds_that_do_not_overlap_are_chosen_by_kind() -> None:
    items = v.array(TEXT)
    schema = union([TEXT, items])
    assert schema["if"] == {"type": ["string"]}
    assert schema["then"] is TEXT
    assert schema["else"]["then"] is items
    assert schema["else"]["else"] == {"type": ["array", "string"]}


def test_kinds_that_overlap_are_not_distinguished() -> None:
    assert union([v.array(TEXT), v.array(NUMBER)]) == {"type": ["array"]}


def test_a_schema_of_unknown_kind_accepts_everything() -> None:
    assert union([TEXT, {}]) == {}
