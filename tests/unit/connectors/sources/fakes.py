"""The former names of `tests.fake_systems`, until every test uses the new ones."""

from tests import fake_systems
from tests.fake_systems import NOON, SECRETS, URL, Answer, FakeClock, FakeFeed, FakeIgate, FakePortal, FakeServer, days

__all__ = [
    "NOON",
    "SECRETS",
    "URL",
    "Answer",
    "Door",
    "FakeClock",
    "FakeFeed",
    "FakeIgate",
    "FakePortal",
    "asked",
    "days",
    "json",
    "keys",
    "read",
    "site",
    "whole",
]

asked, json, keys, site = (
    fake_systems.query_of,
    fake_systems.json_reply,
    fake_systems.record_keys,
    fake_systems.make_site,
)
read, whole = fake_systems.poll_until_failure, fake_systems.poll_completely


class Door(FakeServer):
    """The former name of `FakeServer`, and of its method."""

    down = FakeServer.fail_after
