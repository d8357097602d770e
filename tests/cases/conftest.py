"""Failed assertions of the helpers show their values, as those of the tests do; tries in a row cost no real time."""

import pytest

from lienthong.connectors.protocols.http import Http

pytest.register_assert_rewrite("tests.cases.province")


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Http.__init__.__kwdefaults__, "sleep", lambda _: None)
