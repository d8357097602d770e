"""`run --until-done`: sources in the order in which they wait for each other, and none that waits for ever."""

import threading
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from lienthong.errors import Transient
from lienthong.intake.poller import Poll
from lienthong.runtime.side_by_side import SideBySide
from lienthong.runtime.threads import Call, StopClock


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


def poll(*pollers: Any, calls: list[str]) -> Sequence[str]:
    stop = threading.Event()
    runner: Any = SimpleNamespace(
        stop=stop,
        begin_poll=lambda poller: Call(lambda: poller.poll(stop), name=poller.name).start(),
        end_poll=lambda call: call.wait(StopClock(stop)),
        drain=lambda _: calls.append("drained"),
    )
    sources = SideBySide(pollers, runner)
    sources.run()
    return sources.silent


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")


def test_a_source_that_waits_is_polled_once_the_other_is_handled() -> None:
    calls: list[str] = []
    register = FakePoller("register", calls, Poll(2, 2))
    people = FakePoller("people", calls, Poll(0, 0, awaited=["register"]), Poll(5, 5))
    assert poll(people, register, calls=calls) == []
    assert sorted(calls[:2]) == ["people", "register"]
    assert calls.count("people") == 2 and "drained" in calls[calls.index("register") :]


def test_a_source_with_more_to_show_is_polled_again() -> None:
    calls: list[str] = []
    assert poll(FakePoller("register", calls, Poll(2, 2, more=True), Poll(1, 1)), calls=calls) == []
    assert calls[:3] == ["register", "register", "drained"]


def test_a_source_that_waits_in_vain_is_named_with_what_it_waits_for() -> None:
    calls: list[str] = []
    register = FakePoller("register", calls, Transient("no answer"))
    people = FakePoller("people", calls, Poll(0, 0, awaited=["register"]))
    assert poll(register, people, calls=calls) == [
        "register (no answer)",
        "people (not polled before register has been read once to its end)",
    ]


class Endless:
    """A source that shows nothing and does not end before `awaited` are set."""

    name = "endless"

    def __init__(self, *awaited: threading.Event) -> None:
        self._awaited = awaited

    def poll(self, _: threading.Event) -> Poll:
        assert all(one.wait(timeout=30) for one in self._awaited), "it held the others up"
        return Poll(0, 0)


class Signals(FakePoller):
    """Sets `polled` once it has shown its records."""

    def __init__(self, name: str, calls: list[str], *results: Poll | Transient) -> None:
        super().__init__(name, calls, *results)
        self.polled = threading.Event()

    def poll(self, stop: threading.Event) -> Poll:
        found = super().poll(stop)
        if found.shown:
            self.polled.set()
        return found


def test_a_source_that_does_not_end_holds_up_neither_the_others_nor_those_that_wait_for_them() -> None:
    calls: list[str] = []
    register = Signals("register", calls, Poll(2, 2))
    people = Signals("people", calls, Poll(0, 0, awaited=["register"]), Poll(5, 5))
    assert poll(Endless(register.polled, people.polled), people, register, calls=calls) == []


def test_a_stop_ends_it_and_starts_no_further_poll() -> None:
    calls: list[str] = []
    stop = threading.Event()

    class Stops(FakePoller):
        def poll(self, _: threading.Event) -> Poll:
            stop.set()
            return super().poll(_)

    runner: Any = SimpleNamespace(
        stop=stop,
        begin_poll=lambda poller: Call(lambda: poller.poll(stop), name=poller.name).start(),
        end_poll=lambda call: call.wait(StopClock(stop)),
        drain=lambda _: None,
    )
    pollers: Any = [Stops("register", calls, Poll(2, 2, more=True))]
    SideBySide(pollers, runner).run()
    assert calls == ["register"]
