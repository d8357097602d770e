"""`lienthong access client add`: what it states about scopes."""

import json
from pathlib import Path

from tests.command_line import lienthong


def test_a_scope_that_nothing_needs_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    """A mistyped scope would be noticed by the client alone, when it is refused."""
    words = ("access", "client", "add", "--json", "--data", tmp_path)
    wrong = lienthong(*words, "counter", "--scope", "counter-check", "--scope", "gates", LIENTHONG_LANG="en")
    assert wrong.returncode == 0 and json.loads(wrong.stdout)["client"] == "counter"
    assert "needs the scope counter-check." in wrong.stderr and "counter-checks" in wrong.stderr
    right = lienthong(*words, "portal", "--scope", "inbox:portal", "--scope", "inbox:*", LIENTHONG_LANG="en")
    assert (right.returncode, right.stderr) == (0, "")
