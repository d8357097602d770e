"""Which errors of a database are the world's fault, so that trying again may help."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from lienthong.errors import Transient

_WORLD = ("08", "25", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE: connection, transaction state (a server that became a replica), rollback and deadlock,
resources, locks, shutdown and time-outs, the server's own system."""

_FULL = ("53100", "SQLITE_FULL")

_UNIQUE = ("23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


@contextmanager
def translate_errors(what: str = "") -> Iterator[None]:
    """Errors that are the world's fault leave as `Transient`, beginning with `what`; every other one as it came."""
    try:
        yield
    except (DBAPIError, PoolExhausted) as error:
        why = transient_reason(error)
        if why is None:
            raise
        raise Transient(f"{what}: {why}" if what else why) from error


def transient_reason(error: DBAPIError | PoolExhausted) -> str | None:
    """A sentence when trying again may help, else None. It never holds a row's values."""
    if isinstance(error, PoolExhausted):
        return "mọi kết nối tới cơ sở dữ liệu đều đang bận"
    code = str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or "")
    if code in _FULL:
        return "ổ đĩa của cơ sở dữ liệu đã đầy; hãy thêm chỗ, việc dở dang sẽ tự chạy tiếp"
    if isinstance(error, IntegrityError):
        # Two workers wrote down the same thing at the same moment; the second finds it written when it looks again.
        return "một tiến trình khác vừa ghi cùng nội dung" if code in _UNIQUE else None
    if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated or code.startswith(_WORLD):
        return f"cơ sở dữ liệu không trả lời: {type(error.orig).__name__}"
    return None
