"""The identity of the ledger: the one row of `ledger_identity`."""

import uuid
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, Engine, Integer, Table, Text, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.database import open_reader
from lienthong.adapters.sql.errors import translate_errors
from lienthong.adapters.sql.schema import blocks, metadata, writers
from lienthong.envelope import parse_utc
from lienthong.ledger.identity import LedgerIdentity, Position, incarnation_number

ledger_identity = Table(
    "ledger_identity",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False),  # always 1: a ledger has one identity
    Column("id", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("world", Text, nullable=False, server_default=""),
    Column("created_at", Text, nullable=False),
    Column("restored_at", Text),
)


def read_identity(engine: Engine) -> LedgerIdentity | None:
    """The identity, or None when the ledger was never opened to write. Raises `Transient` as every query does."""
    with open_reader(engine) as connection:
        return _read(connection)


def ensure_identity(engine: Engine, now: datetime, *, world: str = "") -> LedgerIdentity:
    """The identity; made when there is none. `world` counts only then. Any number of processes may call it at once."""
    return read_identity(engine) or _make(engine, now, world)


def claim_world(engine: Engine, now: datetime, *, world: str) -> LedgerIdentity:
    """The identity; a ledger without a world is given `world`. Of several processes that claim it one wins."""
    found = ensure_identity(engine, now, world=world)
    if found.world:
        return found
    with translate_errors(), engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(update(ledger_identity).where(ledger_identity.c.world == "").values(world=world))
        return _read(connection) or found


def block_moments(engine: Engine) -> tuple[datetime | None, int]:
    """When the first block was written (UTC), and the number of blocks that were written on a whole second."""
    on_the_second = func.sum(case((blocks.c.at.like("%.%"), 0), else_=1))
    with open_reader(engine) as connection:
        first, whole = connection.execute(select(func.min(blocks.c.at), on_the_second)).one()
    return parse_utc(first) if first else None, int(whole or 0)


def begin_incarnation(engine: Engine, old: LedgerIdentity, now: datetime, *, after: str = "") -> LedgerIdentity:
    """Begin a new incarnation after `old`, because the database was restored. Of several processes one begins it.

    Its number is larger than those of `old` and of the incarnation `after`.
    """
    token = _token(max(incarnation_number(old.incarnation), incarnation_number(after)) + 1)
    is_old = ledger_identity.c.incarnation == old.incarnation
    with translate_errors(), engine.connect().execution_options(writing=True) as connection, connection.begin():
        moment = now.astimezone(UTC).isoformat()
        connection.execute(update(ledger_identity).where(is_old).values(incarnation=token, restored_at=moment))
        found = _read(connection)
    return found or old


def read_positions(engine: Engine) -> dict[str, Position]:
    """By writer, where its chain ends."""
    with open_reader(engine) as connection:
        return {row.writer: Position(row.blocks, row.head) for row in connection.execute(select(writers)) if row.blocks}


def has_position(engine: Engine, writer: str, position: Position) -> bool:
    """Whether a chain has this block, with this hash."""
    is_block = (blocks.c.writer == writer) & (blocks.c.number == position.blocks)
    with open_reader(engine) as connection:
        return connection.scalar(select(blocks.c.hash).where(is_block)) == position.head


def end_restoration(connection: Connection) -> None:
    """Note that an operator has adopted what the restored ledger lacked."""
    connection.execute(update(ledger_identity).values(restored_at=None))


def _make(engine: Engine, now: datetime, world: str) -> LedgerIdentity:
    dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
    row = {
        "only": 1,
        "id": str(uuid.uuid4()),
        "incarnation": _token(1),
        "world": world,
        "created_at": now.astimezone(UTC).isoformat(),
    }
    with translate_errors(), engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(dialect.insert(ledger_identity).values(row).on_conflict_do_nothing())
        found = _read(connection)
    if found is None:
        raise AssertionError("the row was written in this transaction")
    return found


def _read(connection: Connection) -> LedgerIdentity | None:
    row = connection.execute(select(ledger_identity)).one_or_none()
    if row is None:
        return None
    restored_at = parse_utc(row.restored_at) if row.restored_at else None
    return LedgerIdentity(row.id, row.incarnation, row.world, parse_utc(row.created_at), restored_at)


def _token(number: int) -> str:
    return f"{number}-{uuid.uuid4().hex[:12]}"
