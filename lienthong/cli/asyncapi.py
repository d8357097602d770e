"""`lienthong asyncapi`: the contract of subscribers, for programs and for people."""

import sys
from typing import Any

import yaml

from lienthong.cli.output import print_json
from lienthong.configuration.announced_types import announced_types
from lienthong.runtime.project import Project
from lienthong.subscriptions.asyncapi.document import make_asyncapi


class _WholeDumper(yaml.SafeDumper):
    """Writes what stands twice in a document twice: not every reader of YAML follows anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - none is kept
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Texts of several lines stand as they are read."""
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_WholeDumper.add_representer(str, _text)


def write(project: Project, *, as_json: bool) -> None:
    """Write the document on stdout, as YAML or as JSON. It is the same for the same files of the project."""
    document = make_asyncapi(announced_types(project.folder, project.settings()))
    if as_json:
        print_json(document)
    else:
        sys.stdout.write(yaml.dump(document, Dumper=_WholeDumper, allow_unicode=True, sort_keys=False, width=120))
