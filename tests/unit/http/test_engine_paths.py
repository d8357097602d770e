"""No path that the engine serves is free for a request of a project."""

from lienthong.configuration.check_requests import engine_path
from lienthong.http.service import Service
from tests.unit.http.conftest import Caller


def test_no_path_of_the_engine_is_free_for_a_request(service: Service, call: Caller) -> None:
    document = call("GET", "/v1/openapi.json").json()
    asked = {request.path for request in service.storage.settings.requests.values()}
    assert [path for path in document["paths"] if path not in asked and engine_path(path) is None] == []
