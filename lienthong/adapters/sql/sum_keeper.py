"""Keeps sums: what was computed is written, with the marks of the chains up to which it was."""

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from lienthong.adapters.sql.marks import read_marks, write_marks
from lienthong.adapters.sql.stages import find_oldest
from lienthong.adapters.sql.sum_tables import sums as table
from lienthong.adapters.sql.sums import PURPOSE, SumKey, Sums


def find_since(connection: Connection, sums: Sums) -> dict[SumKey, str]:
    """By key of each account of a stage that is not zero, when its oldest open event was received."""
    open_accounts = (key for key, _ in sums.open_stages())
    found = {key: find_oldest(connection, key, sums.open_since(key)) for key in open_accounts}
    return {key: moment for key, moment in found.items() if moment}


def write_sums(connection: Connection, sums: Sums, since: dict[SumKey, str], at: datetime) -> bool:
    """Keep these sums. False when another process has kept some since they were read: then nothing is written."""
    if read_marks(connection, PURPOSE) != sums.marked:
        return False
    changed = sums.changed | {key for key in sums.since.keys() | since.keys() if sums.since.get(key) != since.get(key)}
    values = [{**key._asdict(), "amount": sums.amounts[key], "since": since.get(key, "")} for key in sorted(changed)]
    if values:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        upsert = dialect.insert(table)
        new = {name: upsert.excluded[name] for name in ("amount", "since")}
        connection.execute(upsert.on_conflict_do_update(index_elements=list(SumKey._fields), set_=new), values)
    write_marks(connection, PURPOSE, sums.heads, at)
    return True
