"""The data store's tables, as the code sees them; the migrations make them (`store.migrations`).

Instants are text of one fixed width in UTC (`store.instants`) and dates are `2023-11-01`: no value is converted.
"""

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from store import gateway_tables as _of_gateways  # noqa: F401 - metadata knows them then
from store.deadlines import tables as _of_deadlines  # noqa: F401 - the same
from store.documents import reclassification_table as _of_reclassifications  # noqa: F401 - the same
from store.documents import tables as _of_documents  # noqa: F401 - the same
from store.metadata import Key, metadata
from store.notices import tables as _of_notices  # noqa: F401 - as above
from store.organisation_tables import portal_accounts, units
from store.payment_tables import payment_matches, payments
from store.question_tables import petitions, question_answers, questions
from store.reports import tables as _of_reports  # noqa: F401 - as above
from store.sign_in_table import sign_in_numbers
from store.synchronisation import tables as _of_synchronisation  # noqa: F401 - as above
from store.wrong_code_tables import wrong_codes

__all__ = [
    "Key",
    "metadata",
    "payment_matches",
    "payments",
    "petitions",
    "portal_accounts",
    "question_answers",
    "questions",
    "sign_in_numbers",
    "units",
    "wrong_codes",
]

_TWO = text("other_identity IS NOT NULL")

dossiers = Table(
    "store_dossiers",
    metadata,
    Column("source", Key, primary_key=True),
    Column("code", Key, primary_key=True),
    Column("event_id", Key, nullable=False),
    Column("updated_at", Key, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("procedure", String, nullable=False),
    Column("procedure_name", String),
    Column("online_level", String),
    Column("channel", String),
    Column("status", Integer),
    Column("agency", String),
    Column("agency_name", String),
    Column("officer", String),
    Column("identity", Key),
    Column("accepted_at", Key),
    Column("appointment_at", Key),
    Column("completed_at", Key),
    Column("quality", String, nullable=False),
    Column("submitted_at", Key),
    Column("assisted_by", Key),
    Column("other_code", Key),
    Column("other_identity", Key),
    Index("store_dossiers_by_other_code", "source", "other_code"),
    Index("store_dossiers_by_one_of_two", "identity", postgresql_where=_TWO, sqlite_where=_TWO),
    Index("store_dossiers_by_other", "other_identity", postgresql_where=_TWO, sqlite_where=_TWO),
    Index("store_dossiers_by_acceptance", "source", "accepted_at"),
    Index("store_dossiers_by_submission", "source", "submitted_at"),
)
"""The newest version of each dossier (hồ sơ). `quality` holds its flags, separated by spaces. `other_identity` is the
second number of the owner, CCCD or CMND, where the dossier states both.

The whole event is in the history, under the same source, code and event id."""

dossier_versions = Table(
    "store_dossier_versions",
    metadata,
    Column("source", Key, primary_key=True),
    Column("code", Key, primary_key=True),
    Column("event_id", Key, primary_key=True),
    Column("updated_at", Key, nullable=False),
    Column("data", Text, nullable=False),
)
"""The history: every version once, `data` its JSON (QĐ 27/2020: a dossier's history is kept, its code never changes).

Source and code stand first in the key, so that the versions of one dossier lie together. Event ids are random: as the
whole key they would send each row to another page."""

happenings = Table(
    "store_happenings",
    metadata,
    Column("source", Key, primary_key=True),
    Column("code", Key, primary_key=True),
    Column("happening", Key, primary_key=True),
    Column("occurrence", Integer, primary_key=True),
    Column("at", Key, nullable=False),
    Column("appointment_at", Key),
    Column("state", String, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("seen_at", Key, nullable=False),
)
"""What happened to dossiers, as it was announced last. `event_id` is the version that shows it, seen at `seen_at`.

`state`: announced, known (it was there before happenings were switched on), retracted. What was too old to be
announced has no row (`transforms.happening_changes`)."""

service_periods = Table(
    "store_service_periods",
    metadata,
    Column("staff_no", Key, primary_key=True),
    Column("starts_on", Key, primary_key=True),
    Column("identity", Key),
    Column("old_identity", Key),
    Column("category", String, nullable=False),
    Column("agency", Key, nullable=False),
    Column("agency_name", String),
    Column("position", String),
    Column("ends_on", Key),
    Column("updated_at", Key, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
    Column("quality", String),
    Index("store_service_periods_by_identity", "identity"),
    Index("store_service_periods_by_old_identity", "old_identity"),
)
"""The newest version of each period of service `[starts_on, ends_on)` of a civil servant (CBCCVC).

`quality` holds its flags, separated by spaces; it is null in rows of an earlier version, which kept none."""

accounts = Table(
    "store_accounts",
    metadata,
    Column("identity", Key, primary_key=True),
    Column("level", Integer, primary_key=True),
    Column("activated_at", Key, primary_key=True),
    Column("account_type", String),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
)
"""States of VNeID accounts: from `activated_at` on, the account of `identity` has `level`."""

procedures = Table(
    "store_procedures",
    metadata,
    Column("code", Key, primary_key=True),
    Column("effective_from", Key, primary_key=True),
    Column("name", String),
    Column("field", String),
    Column("online_level", String, nullable=False),
    Column("authentication_level", Integer),
    Column("components", Text, nullable=False),
    Column("results", Text, nullable=False),
    Column("quality", String, nullable=False),
    Column("observed_at", Key, nullable=False),
    Column("event_id", Key, nullable=False),
)
"""The newest version of each procedure for each day from which it has one. Components and results are JSON lists.

A version holds from its day until the next one of the same code takes effect; the key finds it."""

counter_checks = Table(
    "store_counter_checks",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("checked_at", Key, nullable=False),
    Column("asked_at", Key, nullable=False),
    Column("identity", Key),
    Column("procedure", String, nullable=False),
    Column("agency", String, nullable=False),
    Column("officer", String, nullable=False),
    Column("client", String),
    Column("civil_servant", Integer),
    Column("staff_kind", String),
    Column("staff_agency", String),
    Column("procedure_online", String, nullable=False),
    Column("portal_account", String, nullable=False),
    Column("notify", Integer, nullable=False),
    Column("data_as_of", Key),
    Index("store_counter_checks_by_moment", "checked_at"),
)
"""The checks at the counter (kiểm tra danh tính) with their answers. The event id is the check's id (check_id).

`checked_at` is the moment that was asked about, `asked_at` when. `civil_servant` and `notify` are 1 or 0, and the first
is null when it is not known."""

acknowledgements = Table(
    "store_counter_acknowledgements",
    metadata,
    Column("event_id", Key, primary_key=True),
    Column("check_id", Key, nullable=False),
    Column("decision", String, nullable=False),
    Column("decided_at", Key, nullable=False),
    Column("client", String),
    Index("store_counter_acknowledgements_by_check", "check_id", "decided_at"),
)
"""What officers acknowledged of a check: that the dossier is filed on `paper` or `online`. The latest one counts."""

submissions = Table(
    "store_submissions",
    metadata,
    Column("code", Key, primary_key=True),
    Column("event_id", Key, primary_key=True),
    Column("received_at", Key, nullable=False),
    Column("submitted_at", Key),
    Column("procedure", String),
    Column("outcome", String, nullable=False),
    Column("event", Text, nullable=False),
)
"""Every version of a dossier filed online, as pushed; `event` is JSON. Supplements keep the code (QĐ 27/2020).

`received_at` is the moment of receipt, `outcome` acknowledged or lacking."""

VERSION_ORDER: dict[str, tuple[str, ...]] = {
    dossiers.name: ("updated_at", "observed_at", "event_id"),
    service_periods.name: ("updated_at", "observed_at", "event_id"),
    accounts.name: ("observed_at", "event_id"),
    procedures.name: ("observed_at", "event_id"),
    units.name: ("observed_at",),
    portal_accounts.name: ("observed_at",),
    payments.name: ("observed_at", "event_id"),
    questions.name: ("observed_at", "event_id"),
    question_answers.name: ("observed_at", "event_id"),
    petitions.name: ("observed_at", "event_id"),
}
"""By table, the columns that order the versions of one row. The event id comes last, so no two versions are equal.

Of a unit and of an account the one that came last counts: their feeds show versions in order."""
