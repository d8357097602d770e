"""What a status of HTTP means for the event that was sent."""

import re
from collections import Counter
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from lienthong.connectors.protocols.shapes import Shape, refusal
from lienthong.messages import message

Verdict = Literal["done", "later", "dead"]

_STATUS = re.compile(r"[1-5](\d\d|xx)")


def _status(value: int | str) -> str:
    text = str(value).lower()
    if not _STATUS.fullmatch(text):
        advice = message("write a status such as 409, or a class of statuses such as 4xx")
        raise refusal(advice)
    return text


Status = Annotated[int | str, AfterValidator(_status)]


class Statuses(Shape):
    """Which statuses mean that an event was delivered, must wait, or can never be delivered.

    A status counts more than its class: with `done: [2xx, 409]`, 409 is done and every other 4xx is still dead.
    401 and 403 wait, because wrong credentials are not the fault of an event. 3xx waits, because no redirect is
    followed. What stands in no list waits.
    """

    done: tuple[Status, ...] = ("2xx",)
    later: tuple[Status, ...] = ("401", "403", "408", "425", "429", "3xx", "5xx")
    dead: tuple[Status, ...] = ("4xx",)

    @model_validator(mode="after")
    def _are_in_one_list(self) -> "Statuses":
        counted = Counter([*self.done, *self.later, *self.dead])
        if doubled := [str(status) for status, count in counted.items() if count > 1]:
            advice = message("{statuses}: write each status into one list only", statuses=", ".join(doubled))
            raise refusal(advice)
        return self

    def verdict(self, status: int) -> Verdict:
        """The meaning of one status."""
        lists: dict[Verdict, tuple[int | str, ...]] = {"done": self.done, "later": self.later, "dead": self.dead}
        for name in (str(status), f"{status // 100}xx"):
            for verdict, statuses in lists.items():
                if name in statuses:
                    return verdict
        return "later"
