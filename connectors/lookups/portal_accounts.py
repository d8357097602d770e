"""The lookup of accounts on the national public service portal (Cổng Dịch vụ công quốc gia): `TraCuuTechID`.

Văn bản 758/VPUBND-KSTT (08/11/2023), annex, step 1: the officer looks up whether the person has an account.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta

from connectors.protocols.adapter import NAME, Adapter, ServiceRefused, rows_of
from connectors.protocols.rest import Rest
from lienthong import Site, Transient, on_behalf_of_key
from lienthong.connectors.protocols.http import Http
from lienthong.connectors.protocols.lists import object_of
from lienthong.connectors.protocols.records import text_of

_SERVICE = "TraCuuTechID"
_PROVIDER = "wso2is"
_FIELDS = frozenset({"TECHNICALID"})
_REPLY_LIMIT = 2**20
_AT_ONCE = 8
"""Questions to the portal at the same time: it has no service for several numbers."""


class PortalAccounts:
    """Finds whether there is an account, by 12-digit identity numbers or 9-digit old ones.

    - `agency` is our code on the portal (madonvi); `dstcode` is the portal's routing code on the adapter.
    - `timeout` bounds one call. There is no second try: an officer waits for the answer.
    - `rest`: after a call that failed, the portal is not asked for so long, so that a portal that hangs delays one
      question and not all. `elapsed` (seconds) measures it.
    """

    def __init__(
        self,
        site: Site,
        http: Http | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        *,
        url: str,
        username: str,
        password: str,
        dstcode: str,
        agency: str,
        timeout: timedelta = timedelta(seconds=2),
        rest: timedelta = timedelta(seconds=5),
    ) -> None:
        self._adapter = Adapter(
            http or Http(NAME, timeout=timeout, reply_limit=_REPLY_LIMIT, tries=1),
            site.clock,
            url=url,
            account={"username": username, "password": password},
            dstcode=dstcode,
            agency=agency,
        )
        self._rest = Rest(rest.total_seconds(), elapsed)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="portal-accounts")

    def find_many(self, keys: Sequence[str]) -> Mapping[str, bool]:
        """Whether each number has an account. A number of which the portal gave no answer is absent.

        Raises `Transient` when it answered for none of them.
        """
        numbers = list(dict.fromkeys(keys))
        # One number is asked for in this thread, several in their own.
        answers = list(map(self._find, numbers) if len(numbers) == 1 else self._find_all(numbers))
        known = {number: answer for number, answer in zip(numbers, answers, strict=True) if isinstance(answer, bool)}
        failures = [answer for answer in answers if isinstance(answer, Transient)]
        if failures and not known:
            raise failures[0]
        return known

    def _find_all(self, numbers: Sequence[str]) -> Iterable[bool | Transient]:
        """Several at once, in threads that know for what they ask."""
        contexts = [copy_context() for _ in numbers]
        return self._threads.map(lambda context, number: context.run(self._find, number), contexts, numbers)

    def _find(self, number: str) -> bool | Transient:
        try:
            self._rest.check()
            with on_behalf_of_key(number):
                reply = self._adapter.call(_SERVICE, {"provider": _PROVIDER, "mstorcmnd": number})
            rows = rows_of(reply, _FIELDS, "tài khoản")
        except ServiceRefused as failure:  # it answers, and refuses this number
            self._rest.end()
            return failure
        except Transient as failure:
            self._rest.begin(failure)
            return failure
        self._rest.end()
        return any(text_of(object_of(row) or {}, "TECHNICALID") for row in rows)
