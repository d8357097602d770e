"""What is announced of the documents in the store (kho giấy tờ): disputes, corrections, verdicts that changed."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from lienthong import Personal
from schemas.shapes import Identity, Shape

OPENED_TYPE = "document-dispute-opened.v1"
RESOLVED_TYPE = "document-dispute-resolved.v1"
CORRECTED_TYPE = "document-corrected.v1"
JUDGED_TYPE = "document-verdict-changed.v1"
RECLASSIFIED_TYPE = "document-reclassified.v1"


class _Announced(Shape):
    """What all have: `cause` is the id of the event that changed the document."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    document_id: str
    document_type: str
    result_code: str | None = None
    issued_by: str | None = None
    cause: str | None = Field(None, alias="lienthong:causationid")


class DisputeOpened(_Announced):
    """A citizen states that `version` is wrong. `agency` has to check and answer until `due_on`, that day included.

    `raised_in`: while looking at the store, or while filing the dossier `dossier`.
    """

    citizen_id: Identity
    dispute_id: str
    version: int
    agency: str
    statement: Annotated[str, Personal("other")]
    raised_in: Literal["store", "filing"]
    dossier: str | None = None
    opened_at: datetime
    due_on: date


class DisputeResolved(_Announced):
    """What the agency found; the citizen is to hear of it. A correction names the version that is right."""

    citizen_id: Identity
    dispute_id: str
    version: int
    agency: str | None = None
    state: Literal["corrected", "upheld"]
    resolved_at: datetime
    explanation: Annotated[str | None, Personal("other")] = None
    new_version: int | None = None


class DocumentCorrected(_Announced):
    """A dossier has reused, for a component, a version that was wrong: one event for each such component."""

    dispute_id: str
    dossier: str
    component: str
    reused_at: datetime
    reused_version: int
    new_version: int
    corrected_at: datetime


class VerdictChanged(_Announced):
    """A version was judged again, with another verdict. `accepted`: whether it is offered for reuse now."""

    citizen_id: Identity
    version: int
    before: str | None = None
    indication: str
    sub_indication: str | None = None
    accepted: bool
    judged_at: datetime


class EarlierClassification(Shape):
    """What a document was before it was reclassified."""

    kind: Literal["result", "certified_copy", "citizen_supplied"]
    document_type: str
    result_code: str | None = None
    issued_by: str | None = None


class ReusedIn(Shape):
    """A component of a dossier that a version of the document stands for."""

    dossier: str
    component: str
    version: int


class DocumentReclassified(_Announced):
    """The issuing agency corrected what a document is. `reused_in`: what it stands for, to be looked at again.

    `accepted`: whether its newest version is signed as what it is now must be.
    """

    citizen_id: Identity
    kind: Literal["result", "certified_copy", "citizen_supplied"]
    before: EarlierClassification
    explanation: Annotated[str, Personal("other")]
    accepted: bool
    reclassified_at: datetime
    reused_in: tuple[ReusedIn, ...] = ()
