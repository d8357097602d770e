"""`run --until-done`: sources in the order in which they wait for each other, and none that waits for ever."""

import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from lienthong.cli.running import poll_until_done
from lienthong.errors import Transient
from lienthong.intake.poller import Poll


class FakePoller:
    """Gives these results one after the other, the last one for ever. Notes its polls in `calls`."""

    def __init__(self, name: str, calls: list[str], *results: Poll | Transient) -> None:
        self.name = name
        self._calls = calls
        self._results = list(results)

    def poll(self, _: threading.Event) -> Poll:
        self._calls.append(self.name)
        result = self._results.pop(0) if len(self._results) > 1 else self._results[0]
        if isinstance(result, Transient):
            raise result
        return result


def poll(*pollers: FakePoller, calls: list[str]) -> Sequence[str]:
    bus: Any = SimpleNamespace(pollers=pollers)
    stop = threading.Event()
    runner: Any = SimpleNamespace(
        stop=stop, poll=lambda poller: poller.poll(stop), drain=lambda _: calls.append("drained")
    )
    return poll_until_done(bus, runner)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")


def test_a_source_that_waits_is_polled_once_the_other_is_handled() -> None:
    calls: list[str] = []
    register = FakePoller("register", calls, Poll(2, 2))
    people = FakePoller("people", calls, Poll(0, 0, awaited=["register"]), Poll(5, 5))
    assert poll(people, register, calls=calls) == []
    assert calls == ["people", "register", "drained", "people", "drained"]


def test_a_source_with_more_to_show_is_polled_again() -> None:
    calls: list[str] = []
    assert poll(FakePoller("register", calls, Poll(2, 2, more=True), Poll(1, 1)), calls=calls) == []
    assert calls == ["register", "drained", "register", "drained"]


def test_a_source_that_waits_in_vain_is_named_with_what_it_waits_for() -> None:
    calls: list[str] = []
    register = FakePoller("register", calls, Transient("no answer"))
    people = FakePoller("people", calls, Poll(0, 0, awaited=["register"]))
    assert poll(register, people, calls=calls) == [
        "register (no answer)",
        "people (not polled before register has been read once to its end)",
    ]
