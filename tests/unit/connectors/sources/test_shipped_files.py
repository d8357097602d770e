"""The shipped files of config/sources fit the sources that they name, and the sandbox."""

import importlib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.names import resolve

FOLDER = Path(__file__).parents[4] / "config" / "sources"
FILES = sorted(file for file in FOLDER.iterdir() if file.name.endswith((".yaml", ".yaml.example")))
VARIABLE = re.compile(r"\$\{[A-Z_]+(?::-([^}]*))?\}")


def load_file(file: Path) -> dict[str, Any]:
    text = VARIABLE.sub(lambda match: match[1] or "", file.read_text(encoding="utf-8"))
    content = yaml.safe_load(text)
    assert isinstance(content, dict)
    return content


def source_class(content: dict[str, Any]) -> Callable[..., object]:
    module, _, name = content["use"].rpartition(".")
    found = getattr(importlib.import_module(module), name)
    assert callable(found)
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_source_file_has_every_setting_that_its_source_needs_and_no_other(file: Path) -> None:
    content = load_file(file)
    settings = [p for p in inspect.signature(source_class(content)).parameters.values() if p.kind is p.KEYWORD_ONLY]
    assert set(content["with"]) <= {setting.name for setting in settings}
    assert {setting.name for setting in settings if setting.default is setting.empty} <= set(content["with"])
    assert re.fullmatch(r"\d+(ms|s|m|h|d)", content["every"])


OUTSIDE = [file for file in FILES if file.suffix == ".yaml" and "url" in load_file(file)["with"]]
"""Of the sources that ask outside systems. Others read our own store."""


@pytest.mark.parametrize("file", OUTSIDE, ids=lambda file: file.name)
def test_without_environment_variables_a_source_reads_the_sandbox(file: Path) -> None:
    settings = load_file(file)["with"]
    assert len(OUTSIDE) >= 7
    assert settings["url"].startswith("http://127.0.0.1:8600/")
    assert "sandbox" in settings.values()


@pytest.mark.parametrize("name", ["igate", "vneid", "ccvc"])
def test_a_page_holds_at_least_one_element(name: str) -> None:
    with pytest.raises(Mismatch) as error:
        bind(resolve(f"connectors.sources.{name}.{name.capitalize()}"), {"page_size": 0}, tables={})
    assert ("LT308", ("page_size",)) in [(fault.code, fault.path) for fault in error.value.faults]
