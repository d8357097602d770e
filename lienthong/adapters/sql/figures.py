"""The figures of the ledger that are watched: one look, on one moment, at sums that are kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from lienthong.adapters.sql.balance import compute_balance
from lienthong.adapters.sql.database import snapshot
from lienthong.adapters.sql.schema import dead_letters
from lienthong.adapters.sql.stages import stage_statuses
from lienthong.adapters.sql.sums import read_sums
from lienthong.ledger.records import Balance, StageStatus


@dataclass(frozen=True, slots=True)
class LedgerFigures:
    """What the ledger has at one moment.

    - `verdicts`: by (stage, verdict), the number of entries; they only grow.
    - `letters`: by (stage, state), the number of dead letters; `deaths`: by (stage, error), of all that ever died.
    """

    balance: Balance
    stages: Sequence[StageStatus]
    verdicts: Mapping[tuple[str, str], int]
    letters: Mapping[tuple[str, str], int]
    deaths: Mapping[tuple[str, str], int]


def read_figures(database: Engine, now: datetime) -> LedgerFigures:
    """The figures now. What it costs does not depend on how long the history is, but on the number of dead letters."""
    letters: Counter[tuple[str, str]] = Counter()
    deaths: Counter[tuple[str, str]] = Counter()
    by = (dead_letters.c.stage, dead_letters.c.state, dead_letters.c.error)
    with snapshot(database) as connection:
        sums = read_sums(connection)
        stages = stage_statuses(connection, sums, now)
        for stage, state, error, count in connection.execute(select(*by, func.count()).group_by(*by)):
            letters[stage, state] += count
            deaths[stage, error] += count
    verdicts: Counter[tuple[str, str]] = Counter()
    for key, amount in sums.amounts.items():
        if key.kind == "verdict":
            verdict, _, stage = key.name.partition(" ")
            verdicts[stage, verdict] += amount
    return LedgerFigures(compute_balance(sums), stages, verdicts, letters, deaths)
