"""The ledger's hash chains: which chain the next block is appended to, and its witness of another chain.

No process owns a chain. A transaction takes one that is free and keeps its row in `ledger_writers` locked until it
ends. When no chain is free, the transaction waits for the first one and opens one more. So there are as many chains as
there were ever transactions at the same moment, in all threads and processes, and a dead process leaves nothing to
clean up.

A block may be a witness of another chain: it records how many blocks that chain had, and its head. A chain begins when
a block of another chain opens it: that block is a witness of no blocks. So it is impossible to cut off the end of a
chain, or to remove a chain, without a change to other chains.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.schema import writers
from lienthong.ledger.hash_chain import GENESIS, Witness

FIRST_CHAIN = "main"

# Parameters must not have the names of columns: SQLAlchemy reserves those in an UPDATE.
_by_age = (func.length(writers.c.writer), writers.c.writer)
_LOCK_FREE = select(writers).order_by(*_by_age).limit(1).with_for_update(skip_locked=True)
_SELECT_CHAINS = select(writers).order_by(*_by_age)
_SELECT_OTHER_CHAINS = select(writers).where(writers.c.writer != bindparam("chain")).order_by(*_by_age)
_UPDATE_CHAIN = update(writers).where(writers.c.writer == bindparam("chain"))
_UPDATE_HEAD = _UPDATE_CHAIN.values(blocks=bindparam("block_count"), head=bindparam("block_hash"))


@dataclass(frozen=True, slots=True)
class NextBlock:
    """The block to be appended: its chain (`writer`), its number, the hash before it, and its witness."""

    writer: str
    number: int
    previous: str
    witness: Witness | None


def lock_chain(connection: Connection) -> NextBlock:
    """Lock a chain until the end of the transaction. Returns the position of the chain's next block."""
    if connection.dialect.name == "sqlite" and (chains := connection.execute(_SELECT_CHAINS).all()):
        # Who writes on SQLite has locked all of it.
        return _next_block(chains[0], chains[1:])
    chain = connection.execute(_LOCK_FREE).one_or_none()
    witness = None
    if chain is None:
        is_new = _insert_first_chain(connection)
        chain = connection.execute(select(writers).where(writers.c.writer == FIRST_CHAIN).with_for_update()).one()
        now_free = connection.execute(_LOCK_FREE.where(writers.c.writer != FIRST_CHAIN)).one_or_none()
        if not is_new and now_free is None:
            witness = _open_chain(connection)
    other_chains = connection.execute(_SELECT_OTHER_CHAINS, {"chain": chain.writer}).all()
    return _next_block(chain, other_chains, witness)


def _next_block(chain: Row[Any], other_chains: Sequence[Row[Any]], witness: Witness | None = None) -> NextBlock:
    if witness is None and other_chains:
        other = other_chains[chain.blocks % len(other_chains)]
        witness = Witness(other.writer, other.blocks, other.head)
    return NextBlock(chain.writer, chain.blocks + 1, chain.head, witness)


def update_head(connection: Connection, block: NextBlock, block_hash: str) -> None:
    """Make the written block the head of its chain."""
    new_head = {"chain": block.writer, "block_count": block.number, "block_hash": block_hash}
    connection.execute(_UPDATE_HEAD, new_head)


def _insert_first_chain(connection: Connection) -> bool:
    """True when the ledger was empty. False when the first chain exists; then another transaction has it locked."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(writers).values(writer=FIRST_CHAIN, blocks=0, head=GENESIS).on_conflict_do_nothing()
    return connection.execute(statement.returning(writers.c.writer)).one_or_none() is not None


def _open_chain(connection: Connection) -> Witness:
    """Only a transaction that has locked the first chain opens another, so no number is given twice."""
    count = connection.scalar(select(func.count()).select_from(writers)) or 0
    name = f"{FIRST_CHAIN}-{count + 1}"
    connection.execute(insert(writers).values(writer=name, blocks=0, head=GENESIS))
    return Witness(name, 0, GENESIS)
