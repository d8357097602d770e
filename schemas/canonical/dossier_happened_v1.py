"""`dossier.happened.v1`: what happened to a dossier (hồ sơ), announced once and derived from all its versions."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from lienthong import Personal
from schemas.canonical.dossier_v1 import Channel
from schemas.shapes import Identity, PersonName, Shape

TYPE = "dossier.happened.v1"

Happening = Literal[
    "submitted",
    "accepted",
    "supplement_requested",
    "supplement_received",
    "rejected",
    "withdrawn",
    "reappointed",
    "completed",
    "returned",
]
"""nộp, tiếp nhận, yêu cầu bổ sung, nhận bổ sung, không tiếp nhận, công dân rút, hẹn lại, xử lý xong, trả kết quả."""

Change = Literal["new", "corrected", "retracted"]


class DossierHappened(Shape):
    """One fact about a dossier. It is known by source, dossier, happening and occurrence. Instants are UTC.

    - `occurrence` counts from 1: a second request for a supplement is the second one. In most happenings it is 1.
    - `change`: `new` is announced once of each fact. `corrected`: an announced fact has another moment (`previous_at`
      is the one announced before), or a re-appointment another date. `retracted`: no version bears it out any longer.
    - `at` is when it happened by the source, never when the bus saw it; that is `seen_at`.
    - `from`, `to`: the status (1 to 10) of the version before, and of the version that shows it.
    - `appointment_at` is the appointment of the version that shows it; of a re-appointment the new one, and
      `previous_appointment_at` the one before.
    - The other fields on the dossier are those of its newest version at that time.
    - `other_code`: the code of the dossier in the other system. Both systems may show the same fact, each with its
      `source`.
    - `version` is the id of the event that it was derived from, `cause` of the event whose arrival made it known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    dossier: str
    source: str
    happening: Happening
    occurrence: int = Field(1, ge=1)
    at: datetime
    change: Change = "new"
    previous_at: datetime | None = None
    from_: int | None = Field(None, alias="from")
    to: int | None = None
    agency: str | None = None
    agency_name: str | None = None
    procedure: str | None = None
    procedure_name: str | None = None
    channel: Channel | None = None
    appointment_at: datetime | None = None
    previous_appointment_at: datetime | None = None
    other_code: str | None = None
    applicant: PersonName = None
    identity: Identity = None
    phone: Annotated[str | None, Personal("phone")] = None
    email: Annotated[str | None, Personal("email")] = None
    source_notifies: bool = False
    version: str
    seen_at: datetime
    cause: str | None = Field(None, alias="lienthong:causationid")
