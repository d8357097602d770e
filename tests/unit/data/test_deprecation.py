"""What is stated of a type that is to end, in the forms of the standards."""

from datetime import date
from typing import ClassVar

from lienthong.data.deprecation import Deprecation, deprecation_of

STATED = Deprecation(since=date(2026, 12, 1), successor="letter.v2", sunset=date(2027, 6, 1))


class Letter:
    DEPRECATION: ClassVar = STATED


def test_headers_are_those_of_rfc_9745_and_rfc_8594() -> None:
    assert STATED.http_headers("https://bus.example/v1/schemas/letter.v2.json") == {
        "Deprecation": "@1796083200",
        "Sunset": "Tue, 01 Jun 2027 00:00:00 GMT",
        "Link": '<https://bus.example/v1/schemas/letter.v2.json>; rel="successor-version"',
    }
    assert Deprecation(date(2026, 12, 1), "letter.v2").http_headers() == {"Deprecation": "@1796083200"}


def test_attributes_are_those_of_the_extension_of_cloudevents() -> None:
    assert STATED.attributes("https://bus.example/x") == {
        "deprecated": True,
        "deprecationfrom": "2026-12-01T00:00:00Z",
        "deprecationsunset": "2027-06-01T00:00:00Z",
        "deprecationmigration": "https://bus.example/x",
    }
    assert Deprecation(date(2026, 12, 1), "letter.v2").attributes() == {
        "deprecated": True,
        "deprecationfrom": "2026-12-01T00:00:00Z",
    }


def test_a_class_states_it_or_does_not() -> None:
    assert deprecation_of(Letter) == STATED
    assert deprecation_of(str) is None
