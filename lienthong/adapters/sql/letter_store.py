"""Composes the letter store over a database."""

from sqlalchemy import Engine

from lienthong.adapters.sql.letter_edits import SqlEdits
from lienthong.adapters.sql.letter_replays import SqlReplays
from lienthong.adapters.sql.letters import SqlLetters
from lienthong.dead_letters.model import LetterStore
from lienthong.ports import Clock, Ledger


def make_letter_store(database: Engine, ledger: Ledger, clock: Clock) -> LetterStore:
    """The letter store of a ledger. Both use one database, so that an act and its entry are one transaction."""
    return LetterStore(ledger, SqlLetters(database), SqlEdits(database), SqlReplays(database), clock)
