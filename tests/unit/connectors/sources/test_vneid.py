"""VNeID accounts: the key of an account is a keyed hash of its number."""

from typing import Any

from connectors.sources.vneid import Vneid
from tests.fake_systems import FakeFeed, FakeServer, make_site, poll_completely, record_keys


def make_source(*items: Any, key_salt: str = "muối") -> Vneid:
    feed = FakeFeed()
    feed.items = list(items)
    client = {"client_id": "lienthong", "client_secret": "s"}
    return Vneid(make_site(), FakeServer(feed).http(), url="http://vneid/", key_salt=key_salt, **client)


def test_the_key_of_an_account_is_a_keyed_hash_and_not_its_number() -> None:
    numbers = ["052085001234", " 052.085.001.234", "052 085\u00a0001234"]
    items = [{"citizenPid": number, "accountLevel": 2} for number in numbers]
    records, _ = poll_completely(make_source(*items), {})
    (key,) = record_keys(records)
    assert key.startswith("vneid:")
    assert len(key) == len("vneid:") + 16
    assert "052085001234" not in key
    assert {record.type for record in records} == {"vneid.account"}
    assert [record.body["citizenPid"] for record in records] == numbers
    assert record_keys(poll_completely(make_source(*items, key_salt="khác"), {})[0]) != {key}


def test_a_number_given_as_an_integer_has_the_same_key() -> None:
    source = make_source({"citizenPid": 123456789}, {"citizenPid": "123456789"})
    assert len(record_keys(poll_completely(source, {})[0])) == 1
