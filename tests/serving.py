"""A process of `lienthong serve`."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.command_line import ROOT


class Serving:
    """A process of `lienthong serve`, with the address that it printed."""

    def __init__(self, data: Path, *options: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lienthong.cli", "serve", "--data", str(data), "--port", "0", *options],
            cwd=ROOT,
            env={**os.environ, "LIENTHONG_LANG": "en", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self.process.stdout is not None
        printed = ""
        while "answers at" not in printed:
            line = self.process.stdout.readline()
            if not line:
                self.end()
            assert line, printed
            printed += line
        self.address = printed.partition("answers at ")[2].partition(";")[0]

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=30)


def scopes_of(document: Any) -> list[str]:
    """The scopes that the paths of an OpenAPI document need."""
    operations = [each for path in document["paths"].values() for each in path.values()]
    needs = [need for operation in operations for need in operation.get("security", ())]
    return sorted({scope for need in needs for scope in need["key"]})
