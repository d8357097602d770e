"""How long a worker has been handling its current delivery."""

import time
from types import TracebackType


class HandlingClock:
    """A block during which a delivery is handled. `seconds` may be called from any thread."""

    def __init__(self) -> None:
        self._since: float | None = None

    def __enter__(self) -> None:
        self._since = time.monotonic()

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._since = None

    def seconds(self) -> float:
        """How long it has been handled; 0 when there is none."""
        since = self._since
        return 0.0 if since is None else time.monotonic() - since
