"""The AsyncAPI document of this project is valid by the official schema, and its examples by its own."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator, FormatChecker

from lienthong.adapters.rabbitmq.subscriber_queue import subscriber_queue_name
from lienthong.cli import asyncapi
from lienthong.configuration.announced_types import announced_types
from lienthong.runtime.project import Project
from lienthong.subscriptions.asyncapi.document import make_asyncapi

ROOT = Path(__file__).parents[4]
OFFICIAL = Path(__file__).with_name("asyncapi-3.0.0.json")
INVENTED = (
    "052085001234",
    "064173842109",
    "NGUYỄN VĂN MẪU",
    "ĐẶNG MINH NGHĨA",
    "Võ Thu Mai",
    "900000001",
    "mau@example",
)
"""Personal data in the cases of the routes that announce."""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    settings = Project(ROOT, ROOT / "var", {}).readable_settings()
    return make_asyncapi(announced_types(ROOT, settings))


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    return Draft7Validator(json.loads(OFFICIAL.read_text(encoding="utf-8")))


def test_the_document_is_valid_by_the_official_schema(document: dict[str, Any], official: Draft7Validator) -> None:
    assert [error.message for error in official.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("path", "key"),
    [
        (("channels", "dossier.v1", "bindings", "amqp"), "queues"),
        (("operations", "announce-dossier.v1", "bindings", "amqp"), "persistent"),
        (("operations", "deliver-webhook", "bindings", "http"), "url"),
    ],
)
def test_the_official_schema_refuses_keys_that_a_binding_does_not_have(
    document: dict[str, Any], official: Draft7Validator, path: tuple[str, ...], key: str
) -> None:
    changed = copy.deepcopy(document)
    inside = changed
    for step in path:
        inside = inside[step]
    inside[key] = "x"
    assert not official.is_valid(changed)


def test_every_example_is_valid_by_the_schema_of_its_message(document: dict[str, Any]) -> None:
    shown = {name: one["examples"] for name, one in document["components"]["messages"].items() if one.get("examples")}
    assert set(shown) == set(document["channels"]) - {"webhook", "subscription-queue"}
    for name, examples in shown.items():
        validator = _validator(document, f"#/components/messages/{name}/payload")
        for example in examples:
            assert [error.message for error in validator.iter_errors(example["payload"])] == [], name


def test_an_event_of_another_type_or_without_its_data_is_not_valid(document: dict[str, Any]) -> None:
    validator = _validator(document, "#/components/schemas/dossier.v1.event")
    (event, *_) = document["components"]["messages"]["dossier.v1"]["examples"][0]["payload"]
    assert validator.is_valid(event)
    assert validator.is_valid(event | {"further": "attribute", "data": event["data"] | {"further": 1}})
    assert not validator.is_valid(event | {"type": "dossier.v2"})
    assert not validator.is_valid(event | {"data": {}})
    assert not validator.is_valid({key: value for key, value in event.items() if key != "recordedtime"})


def test_the_queue_of_a_subscription_is_the_one_that_the_bus_makes(document: dict[str, Any]) -> None:
    channel = document["channels"]["subscription-queue"]
    name = channel["address"].format(subscription="clinic")
    assert name == subscriber_queue_name("clinic")
    assert channel["bindings"]["amqp"]["queue"]["name"] == channel["address"]


def test_personal_data_is_marked_and_no_example_has_any(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["dossier.v1"]["properties"]
    assert {name: fields[name]["x-personal-data"] for name in ("identity", "officer", "phone")} == {
        "identity": "identity",
        "officer": "name",
        "phone": "phone",
    }
    text = json.dumps(document, ensure_ascii=False)
    assert 'x-personal"' not in text
    assert [value for value in INVENTED if value in text] == []


def test_what_a_sink_hands_back_names_its_cause(document: dict[str, Any]) -> None:
    (event,) = document["components"]["messages"]["dossier.happened.v1"]["examples"][0]["payload"]
    assert event["causationid"] == event["data"]["lienthong:causationid"]
    assert event["recordedtime"] == event["receivedat"]


def test_the_command_writes_it_as_yaml_without_anchors(capsys: pytest.CaptureFixture[str], document: Any) -> None:
    asyncapi.write(Project(ROOT, ROOT / "var", {}), as_json=False)
    written = capsys.readouterr().out
    assert "&id" not in written
    assert yaml.load(written, Loader=yaml.CSafeLoader) == document


def _validator(document: dict[str, Any], pointer: str) -> Draft7Validator:
    return Draft7Validator({"$ref": pointer, "components": document["components"]}, format_checker=FormatChecker())
