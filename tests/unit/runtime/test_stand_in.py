"""A connector whose class raises when it is made costs itself, and is made as soon as its class lets it."""

from typing import Any

import pytest

from lienthong.configuration.faults import Mismatch
from lienthong.errors import Misconfigured, WrongUse
from lienthong.runtime.stand_in import StandIn, make_or_stand_in


class Connector:
    def poll(self, cursor: Any) -> Any:
        return ["page", cursor]

    def deliver(self, envelopes: Any, transaction: Any) -> Any:
        return [envelopes, transaction]

    def find_many(self, keys: Any) -> Any:
        return dict.fromkeys(keys, 1)


def failing(*errors: BaseException) -> Any:
    """A function that raises each of the errors, one a call, and then makes a connector."""
    waiting = list(errors)

    def make() -> Connector:
        if waiting:
            raise waiting.pop(0)
        return Connector()

    return make


@pytest.mark.parametrize("error", [ValueError("tháng 13"), KeyError("x"), SystemExit(0)])
def test_what_cannot_be_made_raises_at_each_use_until_it_can(error: BaseException) -> None:
    stand_in = make_or_stand_in("source.a", failing(error, ZeroDivisionError(), ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        stand_in.poll({})
    with pytest.raises(ZeroDivisionError):
        stand_in.deliver((), None)
    assert stand_in.poll({"a": 1}) == ["page", {"a": 1}]
    assert stand_in.deliver("events", "transaction") == ["events", "transaction"]
    assert stand_in.find_many(["k"]) == {"k": 1}


def test_what_can_be_made_is_used_itself() -> None:
    assert not isinstance(make_or_stand_in("source.a", Connector), StandIn)


@pytest.mark.parametrize("error", [Mismatch.__new__(Mismatch), Misconfigured([]), WrongUse("x")])
def test_faults_of_the_configuration_stop_the_start(error: BaseException) -> None:
    with pytest.raises(type(error)):
        make_or_stand_in("source.a", failing(error))
