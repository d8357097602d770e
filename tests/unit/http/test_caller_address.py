"""Whose address a call has, behind proxies that are believed and before callers that are not."""

import pytest

from lienthong.http.caller_address import CallerAddress
from lienthong.settings import ProxyHeader, ProxySettings

PROXIES = ("10.0.0.0/8", "2001:db8::/32")


def find(nearest: str | None, header: ProxyHeader, *written: str, trusted: tuple[str, ...] = PROXIES) -> str:
    headers = [(header.encode(), value.encode()) for value in written]
    scope = {"type": "http", "headers": headers, "client": (nearest, 4711) if nearest is not None else None}
    return CallerAddress(ProxySettings(trusted=trusted, header=header)).find(scope)


@pytest.mark.parametrize(
    ("nearest", "written", "address"),
    [
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9:5123"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["", "nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["[2001:470::1]:80"], "2001:470::1"),
        ("::ffff:10.0.0.1", ["2001:470::1"], "2001:470::1"),
        ("10.0.0.1", [", ".join(["203.0.113.9"] + ["10.0.0.2"] * 40)], "10.0.0.2"),
        ("", ["203.0.113.9"], ""),
        (None, ["203.0.113.9"], ""),
    ],
)
def test_the_first_address_from_the_end_that_is_no_proxy_is_the_callers(
    nearest: str | None, written: list[str], address: str
) -> None:
    assert find(nearest, "x-forwarded-for", *written) == address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ('for=203.0.113.9;proto=https;by=10.0.0.1, For="[2001:db8::9]:47"', "203.0.113.9"),
        ('for="203.0.113.9:80", for=10.0.0.2', "203.0.113.9"),
        ("for=203.0.113.9, for=_hidden", "10.0.0.1"),
        ("by=10.0.0.1;host=x", "10.0.0.1"),
        ("notfor=203.0.113.9", "10.0.0.1"),
    ],
)
def test_forwarded_is_read_where_the_proxies_write_that(written: str, address: str) -> None:
    assert find("10.0.0.1", "forwarded", written) == address


def test_the_other_header_counts_for_nothing() -> None:
    scope = {"type": "http", "headers": [(b"forwarded", b"for=203.0.113.9")], "client": ("10.0.0.1", 1)}
    assert CallerAddress(ProxySettings(trusted=PROXIES)).find(scope) == "10.0.0.1"


def test_without_trusted_proxies_no_header_counts() -> None:
    assert find("10.0.0.1", "x-forwarded-for", "203.0.113.9", trusted=()) == "10.0.0.1"
