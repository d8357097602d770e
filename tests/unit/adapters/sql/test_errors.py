"""Which errors of a database are transient, and the sentences for them."""

import sqlite3

import pytest
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from lienthong.adapters.sql.errors import transient_reason, translate_errors
from lienthong.errors import Transient


class DriverError(Exception):
    """An error of PostgreSQL's driver."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("a row's values")
        self.sqlstate = sqlstate


def wrap(kind: type[DBAPIError], sqlstate: str) -> DBAPIError:
    return kind("SELECT 1", {}, DriverError(sqlstate))


@pytest.mark.parametrize(
    "error",
    [
        PoolExhausted("QueuePool limit"),
        wrap(OperationalError, "57P01"),
        wrap(IntegrityError, "23505"),
        wrap(ProgrammingError, "25006"),
        wrap(OperationalError, "53100"),
    ],
)
def test_errors_that_a_retry_may_help_have_a_reason_without_values_of_rows(error: DBAPIError | PoolExhausted) -> None:
    reason = transient_reason(error)
    assert reason and "a row's values" not in reason


@pytest.mark.parametrize(
    "error",
    [
        wrap(IntegrityError, "23502"),
        wrap(DataError, "22003"),
        wrap(OperationalError, "54000"),  # an index row of a key that is too long
        wrap(OperationalError, "22021"),  # a text with NUL
    ],
)
def test_errors_of_the_data_have_no_reason_and_pass_unchanged(error: DBAPIError) -> None:
    assert transient_reason(error) is None
    with pytest.raises(type(error)) as raised, translate_errors("away"):
        raise error
    assert raised.value is error


def sqlite_fault(words: str) -> DBAPIError:
    fault = sqlite3.OperationalError(words)
    fault.sqlite_errorname = "SQLITE_ERROR"
    return OperationalError("SELECT 1", {}, fault)


@pytest.mark.parametrize("words", ["no such savepoint: sa_1", "cannot rollback - no transaction is active"])
def test_a_transaction_that_sqlite_gave_up_by_itself_is_tried_again(words: str) -> None:
    assert transient_reason(sqlite_fault(words))


@pytest.mark.parametrize("words", ["no such table: letters", 'near "SELEC": syntax error', "integer overflow"])
def test_a_statement_that_cannot_work_on_sqlite_is_not_tried_again(words: str) -> None:
    assert transient_reason(sqlite_fault(words)) is None


@pytest.mark.parametrize(("language", "words"), [("vi", "ổ đĩa của cơ sở dữ liệu đã đầy"), ("en", "disk is full")])
def test_the_reason_is_in_the_readers_language_and_begins_with_what_failed(
    language: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", language)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorname = "SQLITE_FULL"
    with pytest.raises(Transient) as raised, translate_errors("kho dữ liệu"):
        raise OperationalError("INSERT", {}, full)
    assert raised.value.why.startswith("kho dữ liệu: ") and words in raised.value.why
