"""Which chain a block is added to, and what it says about another one.

A chain is nobody's property: a transaction takes whichever is free, and holds its row in `ledger_writers` until it
ends. When all are taken at once it waits for the first and opens one more, so there are as many chains as there were
ever transactions at the same moment, in however many threads and processes. Nothing has to be given back when a
process dies.

A block may bear witness of another chain: how many blocks that had, and its head. A chain begins with the block that
opened it, in another chain: witness of no blocks. Whoever cuts off the end of a chain, or removes one altogether,
must therefore change others too.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.schema import writers
from lienthong.ledger.hash_chain import GENESIS, Witness

FIRST = "main"

_by_age = (func.length(writers.c.writer), writers.c.writer)
_FREE = select(writers).order_by(*_by_age).limit(1).with_for_update(skip_locked=True)
_OTHERS = select(writers).where(writers.c.writer != bindparam("own")).order_by(*_by_age)
_OWN = update(writers).where(writers.c.writer == bindparam("own"))
_MOVED = _OWN.values(blocks=bindparam("number"), head=bindparam("its_head"))


@dataclass(frozen=True, slots=True)
class ChainLink:
    """Where the next block goes: its chain, its number, the hash before it, and what it bears witness of."""

    writer: str
    number: int
    previous: str
    witness: Witness | None


def next_link(connection: Connection) -> ChainLink:
    """Take a chain until the end of the transaction."""
    own = connection.execute(_FREE).one_or_none()
    opened = None
    if own is None:
        begun = _begin_first(connection)
        own = connection.execute(select(writers).where(writers.c.writer == FIRST).with_for_update()).one()
        others_free = connection.execute(_FREE.where(writers.c.writer != FIRST)).one_or_none()
        if not begun and others_free is None:
            opened = _open_another(connection)
    others = connection.execute(_OTHERS, {"own": own.writer}).all()
    witness = opened
    if witness is None and others:
        other = others[own.blocks % len(others)]
        witness = Witness(other.writer, other.blocks, other.head)
    return ChainLink(own.writer, own.blocks + 1, own.head, witness)


def move_head(connection: Connection, link: ChainLink, head: str) -> None:
    """The block of `link` is written; its hash is the chain's head now."""
    connection.execute(_MOVED, {"own": link.writer, "number": link.number, "its_head": head})


def _begin_first(connection: Connection) -> bool:
    """True when the ledger was empty. False when the first chain exists, taken by somebody else."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(writers).values(writer=FIRST, blocks=0, head=GENESIS).on_conflict_do_nothing()
    return connection.execute(statement.returning(writers.c.writer)).one_or_none() is not None


def _open_another(connection: Connection) -> Witness:
    """Only who holds the first chain opens another, so no number is given out twice."""
    count = connection.scalar(select(func.count()).select_from(writers)) or 0
    name = f"{FIRST}-{count + 1}"
    connection.execute(insert(writers).values(writer=name, blocks=0, head=GENESIS))
    return Witness(name, 0, GENESIS)
