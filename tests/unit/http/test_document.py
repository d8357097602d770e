"""The OpenAPI document is complete and true, and its page loads nothing."""

import os
import re
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lienthong.access.rate import Rate
from lienthong.http.service import Service
from tests.serving import scopes_of
from tests.unit.http.conftest import Caller, add, open_app
from tests.unit.http.test_requests import open_library

EXAMPLES = int(os.environ.get("HTTP_EXAMPLES", "10"))
"""Requests for each path, and as many that its document does not allow."""

SEED = int(os.environ.get("HTTP_SEED", "1"))
"""Another seed draws other examples."""

OPEN = ("/v1/openapi.json", "/v1/asyncapi.json", "/v1/schemas/{event_type}.json", "/v1/paper-conversions")
"""Paths below /v1/ that need no key."""

JUDGED = (
    *("/v1/documents", "/v1/documents/{document_id}/versions", "/v1/national-documents/fetch"),
    "/v1/disputes/{dispute_id}/versions",
)
"""Paths that take files whose signatures are judged."""

HURRIED = ("/v1/quick",)
"""Paths with a budget of a fraction of a second: on a busy machine their answer may be late, which is 503 too."""

LONG = 300
"""Characters of a text beyond which its largest length takes no part: see `quickly_drawn`."""

PUSHED = "/in/"
"""Below it, what is pushed is replied to in the form of its own wire."""


@pytest.fixture
def document(call: Caller) -> Any:
    return call("GET", "/v1/openapi.json").json()


def test_the_document_is_openapi_3_1_and_knows_no_422(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    text = str(document)
    assert "'422'" not in text
    assert "HTTPValidationError" not in text


def test_every_path_describes_itself_and_every_failure_is_a_problem(document: Any) -> None:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)
            for status, reply in operation["responses"].items():
                if status >= "400" and "text/plain" not in reply["content"]:
                    assert next(iter(reply["content"])) == "application/problem+json", (path, status)
                    assert len(reply["content"]) == 1 or path.startswith("/in/"), (path, status)


def test_paths_with_a_key_document_what_they_refuse(document: Any) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1/") and path not in OPEN:
                needed = {"403"} if operation["security"] != [{"key": []}] else set()
                assert {"400", "401", "429", "503"} | needed <= set(operation["responses"]), path
                assert [list(one) for one in operation["security"]] == [["key"]]


def test_no_path_takes_the_number_of_a_person(document: Any) -> None:
    for path, operations in document["paths"].items():
        names = [one["name"] for each in operations.values() for one in each.get("parameters", [])]
        assert not [name for name in [path, *names] if re.search("citizen|identity|cccd|phone|person", name)]


def test_the_page_shows_every_path_and_loads_nothing(call: Caller, document: Any) -> None:
    reply = call("GET", "/docs")
    for path in document["paths"]:
        assert path in reply.text
    assert not re.search(r"<script|src=|@import|url\(|https?://", reply.text)
    assert "default-src 'none'" in reply.headers["content-security-policy"]


@pytest.mark.slow
def test_whatever_the_document_allows_or_not_no_status_is_undocumented(service: Service) -> None:
    assert {200, 400} <= statuses_of(service).keys()


@pytest.mark.slow
def test_requests_answer_with_what_their_document_has(tmp_path: Path) -> None:
    service = open_library(tmp_path)
    assert {200, 400} <= statuses_of(service).keys()
    service.close_responders()
    balance = service.storage.ledger.balance()
    assert balance.sources["request.novels"].received > 0
    assert all(account.difference == 0 for account in balance.sources.values())
    assert not list(service.storage.ledger.verify())
    service.storage.close()


def statuses_of(service: Service) -> Counter[int]:
    """The statuses seen when every path was called with what the document allows, and with what it does not allow."""
    app = open_app(service)
    document = Caller(app)("GET", "/v1/openapi.json").json()
    key = add(service, "tester", *scopes_of(document), rate=Rate(100_000, 1))
    schema: Any = schemathesis.openapi.from_dict(quickly_drawn(document))
    schema.app = app
    seen: Counter[int] = Counter()
    of_path: Counter[int] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def examine(case: Any) -> None:
        reply = case.call(headers={"Authorization": f"Bearer {key}"})
        own_form = case.operation.path.startswith(PUSHED)
        forms = () if own_form else (content_type_conformance, response_schema_conformance)
        # A file is not judged here, because no trust folder is named: that is 503, and nothing else is.
        waits = case.operation.path in (*JUDGED, *HURRIED) and reply.status_code == 503
        errors = () if waits else (not_a_server_error,)
        case.validate_response(reply, checks=[*errors, status_code_conformance, *forms])
        seen[reply.status_code] += 1
        of_path[reply.status_code] += 1

    began = time.monotonic()
    for operation in schema.get_all_operations():
        found = operation.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            of_path.clear()
            start = time.monotonic()
            with suppress(Unsatisfiable):  # no input of this path can be wrong
                seed(SEED)(given(case=found.as_strategy(generation_mode=mode))(examine))()
            spent = time.monotonic() - start
            print(f"{spent:6.1f} s {mode.value} {found.method.upper()} {found.path} {dict(of_path)}", flush=True)
    print(f"{seen.total()} examples in {time.monotonic() - began:.0f} s with seed {SEED}: {sorted(seen.items())}")
    return seen


def quickly_drawn(schema: Any) -> Any:
    """The document without the largest length of texts that have a pattern and may be long.

    Who draws from the two together compiles a pattern with as many states as the text may have characters, several
    times a path: most of the time went there. Texts that are too long are among the hostile bodies of
    `test_hostile_callers`.
    """
    if isinstance(schema, list):
        return [quickly_drawn(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    far = "pattern" in schema and schema.get("maxLength", 0) > LONG
    return {name: quickly_drawn(each) for name, each in schema.items() if not (far and name == "maxLength")}
