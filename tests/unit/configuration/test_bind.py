"""Parameters from a file against the annotations of the code that takes them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.names import port_class, resolve, step_function
from lienthong.configuration.resolve import make_connector

TABLES = {"kinds": {"thư": "letter"}}


def many(**given: Any) -> dict[str, Any]:
    target: Any = resolve("sample_parts.letters.many")
    return bind(target, {"count": 1, **given}, tables=TABLES)


def codes(error: pytest.ExceptionInfo[Mismatch]) -> list[str]:
    return [fault.code for fault in error.value.faults]


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ({"count": 7}, 7),
        ({"count": "7"}, 7),
        ({"share": 1}, 1.0),
        ({"share": "0.25"}, 0.25),
        ({"folder": "a/b"}, Path("a/b")),
        ({"quick": True}, True),
        ({"quick": "true"}, True),
        ({"mode": "far"}, "far"),
        ({"names": ["a", "b"]}, ("a", "b")),
        ({"waits": {"first": "5s"}}, {"first": timedelta(seconds=5)}),
        ({"waits": None}, None),
        ({"kinds": "kinds"}, TABLES["kinds"]),
    ],
)
def test_a_value_becomes_what_the_annotation_demands(given: dict[str, Any], value: Any) -> None:
    assert many(**given)[next(iter(given))] == value


def test_a_callable_is_given_by_its_whole_name() -> None:
    assert many(then="sample_parts.letters.addresses")["then"] is resolve("sample_parts.letters.addresses")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"count": "seven"}, "LT308"),
        ({"count": True}, "LT308"),
        ({"count": 7.5}, "LT308"),
        ({"share": "half"}, "LT308"),
        ({"quick": "perhaps"}, "LT308"),
        ({"mode": "middle"}, "LT308"),
        ({"names": "a"}, "LT308"),
        ({"names": [1.5]}, "LT112"),
        ({"waits": {"first": 5}}, "LT204"),
        ({"then": "sample_parts.letters.nothing"}, "LT304"),
        ({"then": "sample_parts.letters.CONSTANT"}, "LT308"),
        ({"then": 5}, "LT308"),
        ({"kinds": "colours"}, "LT604"),
        ({"kinds": 5}, "LT112"),
        ({"kind": "kinds"}, "LT306"),
    ],
)
def test_a_value_that_does_not_fit_has_a_code(given: dict[str, Any], code: str) -> None:
    with pytest.raises(Mismatch) as error:
        many(**given)
    assert code in codes(error)


def test_all_faults_are_found_at_once_each_with_its_path() -> None:
    with pytest.raises(Mismatch) as error:
        many(count="seven", names=["a", 1.5], mod="far")
    assert [fault.path for fault in error.value.faults] == [("count",), ("names", 1), ("mod",)]


def test_a_class_is_made_with_the_site_first() -> None:
    site: Any = object()
    office = make_connector("sample_parts.offices.Office", site, {"url": "x", "overlap": "10d"}, {})
    assert office.site is site
    assert office.overlap == timedelta(days=10)
    assert office.page_size == 200


def test_a_class_with_no_parameters_takes_none() -> None:
    with pytest.raises(Mismatch, match="takes none"):
        make_connector("sample_parts.offices.Archive", object(), {"url": "x"}, {})  # type: ignore[arg-type]  # never looked at


def test_the_same_port_is_asked_of_every_class_of_a_folder() -> None:
    assert port_class("sample_parts.offices.Residents", "find_many") is resolve("sample_parts.offices.Residents")
    with pytest.raises(Mismatch, match="no method `poll`"):
        port_class("sample_parts.offices.Residents", "poll")


def test_a_step_may_not_want_more_by_position_than_it_is_given() -> None:
    with pytest.raises(Mismatch, match="also needs `kinds` by position"):
        step_function("sample_parts.letters.positional_parameter", ("envelope",))


@pytest.mark.parametrize("dotted", ["", "a", "a..b", ".a.b", "a.b.", "a b.c", "a.b\0", "os.1"])
def test_what_is_no_dotted_name_is_never_imported(dotted: str) -> None:
    with pytest.raises(Mismatch) as error:
        resolve(dotted)
    assert codes(error) == ["LT301"]


@pytest.mark.parametrize(("given", "bound"), [("inbox", "/srv/shop/inbox"), ("/data/inbox", "/data/inbox")])
def test_a_relative_path_begins_in_the_folder_of_the_project(given: str, bound: str) -> None:
    def connector(*, folder: Path, more: Path | None = None) -> None: ...

    found = bind(connector, {"folder": given, "more": given}, tables={}, folder=Path("/srv/shop"))
    assert found == {"folder": Path(bound), "more": Path(bound)}
