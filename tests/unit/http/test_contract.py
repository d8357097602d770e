"""The contract of subscribers over HTTP: every address in it answers, and its page loads nothing."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lienthong.http.contract_page import render_contract
from tests.unit.http.conftest import Caller, open_app, open_service

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A service over the ledger of a recording, and callers of it."""
    found = open_service(tmp_path_factory.mktemp("contract"), "recording")
    yield Caller(open_app(found))
    found.storage.close()


@pytest.fixture(scope="module")
def document(served: Caller) -> Any:
    return served("GET", "/v1/asyncapi.json").json()


def test_the_document_of_a_recording_is_marked(document: Any, served: Caller) -> None:
    assert document["info"]["title"] == "Lienthong (recording)"
    assert "This is a recording" in document["info"]["description"]
    assert "Recording" in served("GET", "/asyncapi").text


def test_the_schema_of_every_type_answers_and_holds_its_examples(document: Any, served: Caller) -> None:
    stated = [one for one in document["components"]["messages"].values() if "x-schema" in one]
    assert len(stated) > 10
    for one in stated:
        reply = served("GET", one["x-schema"])
        assert reply.headers["content-type"] == "application/schema+json"
        schema = reply.json()
        Draft202012Validator.check_schema(schema)
        for example in one["examples"]:
            for event in example["payload"]:
                assert [error.message for error in Draft202012Validator(schema).iter_errors(event["data"])] == []


def test_an_unknown_type_has_no_schema(served: Caller) -> None:
    reply = served("GET", "/v1/schemas/igate.dossier.json")
    assert (reply.status_code, reply.json()["code"]) == (404, "not-found")


def test_the_page_shows_every_type_and_loads_nothing(document: Any, served: Caller) -> None:
    reply = served("GET", "/asyncapi")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    text = reply.text
    assert not re.search(r"<script|<link|<img|@import|url\(|src=", text)
    for name, channel in document["channels"].items():
        assert (f'id="type-{name}"' if name == channel["address"] else channel["title"]) in text, name
    anchors = set(re.findall(r'href="#([^"]+)"', text))
    assert anchors
    assert anchors <= set(re.findall(r'id="([^"]+)"', text))


def test_whatever_stands_in_the_document_is_text_on_the_page(document: Any) -> None:
    name = "dossier.v1"
    channel = {**document["channels"][name], "description": "<script>alert(1)</script>"}
    hostile = {**document, "channels": {**document["channels"], name: channel}}
    assert "<script>" not in render_contract(hostile, recording=False)
    message = {
        **document["components"]["messages"][name],
        "x-deprecation": {"since": "2026-12-01", "successor": "dossier.v2", "sunset": "2027-06-01"},
    }
    components = {**document["components"], "messages": {**document["components"]["messages"], name: message}}
    page = render_contract({**document, "components": components}, recording=False)
    assert "deprecated</strong> since 2026-12-01; see <code>dossier.v2</code>, announced until 2027-06-01" in page
