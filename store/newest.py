"""How versions of a record are merged into the data store: the newest one wins, in whatever order they arrive."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, Tuple, and_, case, func, literal_column, or_, tuple_

from lienthong import SourceName
from lienthong.adapters.sql import Upsert, is_return
from schemas.canonical import (
    civil_servant_v1,
    identity_account_v1,
    organisation_unit_v1,
    payment_v1,
    petition_v1,
    portal_account_v1,
    procedure_v1,
    question_v1,
    submission_v1,
)
from schemas.requests import counter_checks, question_answers
from store import tables
from transforms.moments import IN_FUTURE

IGATE, PORTAL = SourceName("igate"), SourceName("dvcqg")


def newest_version(table: Table, *, portal: str = PORTAL, seldom_known: bool = False) -> Upsert:
    """An upsert that replaces a row when the new one is at least as new and differs.

    - A dossier of the national portal bears no date of change: what was shown last is the newest.
    - Another dossier is as new as its date of change, and of the same date what was shown last: a system that shows an
      older version again shows nothing new.
    - Of another record, a version that returns to an earlier content has the dates of that content: it and its
      neighbours are ordered by the moment at which they were seen. So is what follows a version with a date of the
      future, whose true date is unknown: the correction may be dated before the moment at which the wrong one was seen.

    "At least", because an event that is replayed after its reference data was corrected keeps its id and must be stored
    again. The history is not ordered: there a known version is replaced whenever its JSON differs.
    """
    keys = [column.name for column in table.primary_key]
    order = tables.VERSION_ORDER.get(table.name, ())

    def merge(insert: Any) -> Any:
        old, new = table.columns, insert.excluded
        values = {column.name: new[column.name] for column in table.columns if column.name not in keys}
        conditions = [_tuple(new, values).is_distinct_from(_tuple(old, values))]
        if order:
            as_seen = [name for name in order if name in ("observed_at", "event_id")]
            by_sight = (
                old.source == literal_column(f"'{portal}'") if table is tables.dossiers else _is_undated(old, new)
            )
            is_newer = _tuple(new, order) >= _tuple(old, order)
            conditions.append(case((by_sight, _tuple(new, as_seen) >= _tuple(old, as_seen)), else_=is_newer))
        return insert.on_conflict_do_update(index_elements=keys, set_=values, where=and_(*conditions))

    return Upsert(table, merge, order, seldom_known=seldom_known)


def _is_undated(old: Any, new: Any) -> Any:
    """Whether the date of one of the two versions does not order them.

    Literals: a statement of a bundle takes no other parameters than the columns of its rows.
    """
    returns = or_(is_return(old.event_id), is_return(new.event_id))
    if "quality" not in old:
        return returns
    without = func.replace(old.quality, literal_column(f"'{IN_FUTURE}'"), literal_column("''"))
    return or_(returns, without != old.quality)


def _tuple(columns: Any, names: Iterable[str]) -> Tuple:
    return tuple_(*(columns[name] for name in names))


UPSERTS: Mapping[str, Sequence[Upsert]] = {
    civil_servant_v1.TYPE: (newest_version(tables.service_periods),),
    identity_account_v1.TYPE: (newest_version(tables.accounts),),
    procedure_v1.TYPE: (newest_version(tables.procedures),),
    organisation_unit_v1.TYPE: (newest_version(tables.units),),
    portal_account_v1.TYPE: (newest_version(tables.portal_accounts),),
    counter_checks.TYPE: (newest_version(tables.counter_checks),),
    counter_checks.ACKNOWLEDGEMENT_TYPE: (newest_version(tables.acknowledgements),),
    submission_v1.TYPE: (newest_version(tables.submissions, seldom_known=True),),
    payment_v1.TYPE: (newest_version(tables.payments),),
    question_v1.TYPE: (newest_version(tables.questions),),
    question_answers.TYPE: (newest_version(tables.question_answers),),
    petition_v1.TYPE: (newest_version(tables.petitions),),
}
"""By event type, the tables that take its rows. Each takes the columns it has."""
