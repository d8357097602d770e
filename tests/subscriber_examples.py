"""The examples of `docs/subscribers.md`, for the tests that run them."""

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "subscribers.md"


def examples(name: str) -> dict[str, Any]:
    """What the Python example defines in which `name` is defined, by name."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (code,) = [block for block in blocks if re.search(rf"^(?:def|class) {name}\b", block, re.MULTILINE)]
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102 - the example of our own page
    return found
