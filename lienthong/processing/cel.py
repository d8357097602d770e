"""CEL, the language of conditions, without the shell that its package loads too: that takes a tenth of a second."""

import sys
from types import ModuleType

sys.modules.setdefault("cel.cli", ModuleType("cel.cli"))

import cel  # noqa: E402 - only now

__all__ = ["cel"]
