"""The package `cel` (Common Expression Language, the language of conditions), without its command line."""

import sys
from types import ModuleType

# `import cel` also imports `cel.cli`, and with it an interactive shell: a tenth of a second for every command. An empty
# module in its place prevents that.
sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402 - only after the line above

__all__ = ["cel"]
