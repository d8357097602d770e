"""Threads that ask a lookup: answers in time, late ones, and lookups that hang. Every wait is for a condition."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar

import pytest

from lienthong.ports import Found
from lienthong.processing.askers import Askers, NoAnswer
from lienthong.runtime.threads import Call, StopClock

LONG = 60.0


class Hanging:
    """A lookup that answers when it is let go, and counts its calls."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[Sequence[str]] = []
        self.begun = threading.Semaphore(0)

    def find_many(self, keys: Sequence[str]) -> Found:
        self.asked.append(keys)
        self.begun.release()
        assert self.go.wait(LONG)
        return dict.fromkeys(keys, "known")


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    lookup = Hanging()
    yield lookup
    lookup.go.set()


def soon() -> float:
    return time.monotonic() + LONG


def at_once() -> float:
    return time.monotonic()


def in_a_thread(work: Callable[[], object]) -> Call[object]:
    return Call(work, name="worker").start()


def until(condition: Callable[[], bool]) -> None:
    deadline = soon()
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.001)


def hold(askers: Askers, hanging: Hanging) -> None:
    """Let one thread begin to ask, and stop waiting for it."""
    while True:
        with pytest.raises(NoAnswer) as late:
            askers.ask(hanging.find_many, ["late"], time.monotonic() + 0.05)
        assert not late.value.hangs
        if hanging.begun.acquire(timeout=1):
            return  # else the machine was so slow that no thread began: then it never will


def test_an_answer_in_time_is_that_of_the_lookup() -> None:
    assert Askers().ask(lambda keys: dict.fromkeys(keys, 1), ["a", "b"], soon()) == {"a": 1, "b": 1}


@pytest.mark.parametrize("error", [ValueError, TimeoutError, SystemExit, NoAnswer])
def test_what_the_lookup_raises_is_raised_here(error: type[BaseException]) -> None:
    def fail(_: Sequence[str]) -> Found:
        raise error(hangs=True) if error is NoAnswer else error("here")

    with pytest.raises(error):
        Askers().ask(fail, ["a"], soon())


def test_an_interrupt_that_the_lookup_raises_is_its_mistake() -> None:
    def interrupt(_: Sequence[str]) -> Found:
        raise KeyboardInterrupt

    with pytest.raises(RuntimeError, match="KeyboardInterrupt"):
        Askers().ask(interrupt, ["a"], soon())


def test_a_late_answer_is_not_waited_for(hanging: Hanging) -> None:
    with pytest.raises(NoAnswer) as late:
        Askers().ask(hanging.find_many, ["a"], at_once())
    assert not late.value.hangs


def test_when_every_thread_is_late_there_is_no_answer_at_once(hanging: Hanging) -> None:
    askers = Askers(2)
    hold(askers, hanging)
    assert askers.ask(lambda _: {"other": 1}, ["a"], soon()) == {"other": 1}  # one place is left
    hold(askers, hanging)
    began = time.monotonic()
    with pytest.raises(NoAnswer) as refused:
        askers.ask(hanging.find_many, ["a"], soon())
    assert refused.value.hangs
    assert time.monotonic() - began < LONG / 2
    assert len(hanging.asked) == 2


def test_a_lookup_that_answers_after_all_gives_its_places_back(hanging: Hanging) -> None:
    askers = Askers(1)
    hold(askers, hanging)
    hanging.go.set()

    def is_free() -> bool:
        try:
            return askers.ask(lambda _: {"a": 1}, ["a"], soon()) == {"a": 1}
        except NoAnswer:
            return False

    until(is_free)


def test_a_question_whose_time_is_over_before_a_thread_is_free_is_never_asked(hanging: Hanging) -> None:
    askers = Askers(1)
    busy = in_a_thread(lambda: askers.ask(hanging.find_many, ["first"], soon()))
    assert hanging.begun.acquire(timeout=LONG)
    with pytest.raises(NoAnswer) as late:
        askers.ask(hanging.find_many, ["second"], at_once())
    assert not late.value.hangs  # the thread is busy, and in time
    hanging.go.set()
    assert busy.wait(StopClock(threading.Event())) == {"first": "known"}
    assert askers.ask(hanging.find_many, ["third"], soon()) == {"third": "known"}
    assert hanging.asked == [["first"], ["third"]]


def test_threads_are_used_again_and_end_when_they_are_idle() -> None:
    askers = Askers(idle_seconds=0.01)
    threads = {askers.ask(lambda _: {"thread": threading.current_thread()}, ["a"], soon())["thread"] for _ in range(3)}
    until(lambda: not any(thread.is_alive() for thread in threads))
    assert askers.ask(lambda _: {"a": 1}, ["a"], soon()) == {"a": 1}


def test_threads_are_bounded_and_keep_no_process_alive() -> None:
    askers = Askers(3)
    seen: set[threading.Thread] = set()

    def find(_: Sequence[str]) -> Found:
        seen.add(threading.current_thread())
        return {}

    calls = [in_a_thread(lambda: askers.ask(find, ["a"], soon())) for _ in range(30)]
    assert [call.wait(StopClock(threading.Event())) for call in calls] == [{}] * 30
    assert 1 <= len(seen) <= 3
    assert all(thread.daemon for thread in seen)


def test_the_lookup_sees_the_context_of_its_caller() -> None:
    language: ContextVar[str] = ContextVar("language")
    language.set("vi")
    assert Askers().ask(lambda _: {"language": language.get()}, ["a"], soon()) == {"language": "vi"}
