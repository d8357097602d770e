"""The register of civil servants as a change feed."""

from connectors.sources.ccvc import Ccvc
from tests.fake_systems import FakeFeed, FakeServer, json_reply, make_site, poll_completely, poll_until_failure


def make_source(server: FakeServer) -> Ccvc:
    return Ccvc(make_site(), server.http(), url="http://ccvc/", api_key="s3cret")


def test_the_key_of_a_period_of_service_is_staff_number_and_first_day() -> None:
    feed = FakeFeed()
    feed.items = [{"soHieuCBCCVC": "H08.CC.1", "ngayBatDau": "20120301"}, {"soHieuCBCCVC": "H08.CC.2"}]
    server = FakeServer(feed)
    records, _ = poll_completely(make_source(server), {})
    assert [record.key for record in records] == ["H08.CC.1/20120301", "H08.CC.2/"]
    assert {record.type for record in records} == {"ccvc.record"}
    assert server.requests[0].headers["X-Api-Key"] == "s3cret"


def test_a_wrong_api_key_is_transient_and_not_shown() -> None:
    server = FakeServer(FakeFeed())
    server.fault = lambda number, request: json_reply({}, 401)
    _, _, failure = poll_until_failure(make_source(server), {})
    assert failure
    assert "HTTP 401" in failure.why
    assert "s3cret" not in failure.why
    assert len(server.requests) == 1
