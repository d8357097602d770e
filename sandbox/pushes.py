"""What the outside systems push: the lines of the recording, to `POST URL/in/INBOX` of the bus, in their order.

A push without an answer (no reply, 429 or 5xx) is repeated, as the portal does; any other reply is an answer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict, Field

from sandbox.clock import Clock
from sandbox.recording import Push, Recording

LOOK_SECONDS = 0.5
"""How often it is looked what is due by the clock, where everything is pushed by itself."""

_LONGEST_WAIT = 5.0
_FIRST_WAIT = 0.1
_ASKS_AGAIN = (429, 500)


class Order(BaseModel):
    """What is to be pushed, and where. `url` is the bus (`http://127.0.0.1:8700`), `key` that of a client of it.

    `inbox`: only what is pushed to it. `again`: what was answered, too. `tries`: how often an unanswered push is tried.
    `timeout`: seconds for one reply.
    """

    model_config = ConfigDict(extra="forbid")

    url: str = Field(pattern=r"^https?://")
    key: str = ""
    inbox: str | None = None
    again: bool = False
    tries: int = Field(5, ge=1, le=1000)
    timeout: float = Field(30, gt=0)


@dataclass
class _State:
    push: Push
    tries: int = 0
    status: int | None = None
    reply: str | None = None
    answers: list[int] = field(default_factory=list)


class Pushes:
    """The pushes of a recording, and what was answered. Threads may share it; one pushes at a time."""

    def __init__(
        self,
        recording: Recording,
        clock: Clock,
        *,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._zone = recording.zone
        self._states = [_State(push) for push in sorted(recording.pushes, key=lambda push: push.seen_at)]
        self._client = client or httpx.Client(trust_env=False)
        self._sleep = sleep
        self._lock = Lock()

    def rows(self) -> list[dict[str, Any]]:
        """Every push that is due, with its last reply: `status` is None while it has no answer."""
        return [
            {
                "number": state.push.number,
                "inbox": state.push.inbox,
                "seen_at": state.push.seen_at.astimezone(self._zone).isoformat(),
                "status": state.status,
                "reply": state.reply,
                "answers": list(state.answers),
                "tries": state.tries,
            }
            for state in self._states
            if state.push.seen_at <= self._clock.now
        ]

    def push(self, order: Order) -> None:
        """Push what is due by the clock, oldest first. It ends where a push gets no answer: later ones wait for it."""
        with self._lock:
            for state in self._states:
                if state.push.seen_at > self._clock.now:
                    return
                if (order.inbox or state.push.inbox) != state.push.inbox or (
                    state.status is not None and not order.again
                ):
                    continue
                if not self._push(state, order):
                    return

    def push_for_ever(self, order: Order) -> None:
        """Push everything when it is due."""
        while True:
            self.push(order)
            self._sleep(LOOK_SECONDS)

    def _push(self, state: _State, order: Order) -> bool:
        """Whether it was answered."""
        wait = _FIRST_WAIT
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {order.key}"} if order.key else {})
        url = f"{order.url.rstrip('/')}/in/{state.push.inbox}"
        for left in reversed(range(order.tries)):
            state.tries += 1
            try:
                reply = self._client.post(url, content=state.push.raw, headers=headers, timeout=order.timeout)
            except httpx.HTTPError:
                reply = None
            if reply is not None and reply.status_code not in _ASKS_AGAIN and reply.status_code < _ASKS_AGAIN[1]:
                state.status, state.reply = reply.status_code, reply.text
                state.answers.append(reply.status_code)
                return True
            if left:
                self._sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
        return False
