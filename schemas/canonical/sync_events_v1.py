"""What is announced of synchronisation: a version is missing in a system, and it is not missing any more."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from schemas.shapes import Shape

MISSING = "sync.missing.v1"
CORRECTED = "sync.corrected.v1"


class _Sync(Shape):
    """What both have. Instants are UTC.

    - `alarm`: its id, the same in everything that is announced of it.
    - `dossier`: the code in `known_in`, the source that has shown it by the event `known_event`. `other_code`: the code
      in the other system, where it is known.
    - `milestone`, `missing_in`: what the other source has not shown: that the dossier was submitted (`submitted`), that
      it arrived (`arrived`), that it was accepted (`accepted`), or that it is shown as accepted (`shown`).
    - `since`: from when it should have been there; `due_at`: when its working time was over.
    - `at`: `due_at`, not when the bus looked; of a correction, when it was made.
    - `reason`: `ambiguous` when the dossiers `claimants` of `missing_in` all claim to be it, so none is taken for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    alarm: str
    dossier: str
    other_code: str | None = None
    milestone: Literal["submitted", "arrived", "accepted", "shown"]
    known_in: str
    known_event: str
    missing_in: str
    agency: str | None = None
    agency_name: str | None = None
    since: datetime
    due_at: datetime
    at: datetime
    reason: Literal["absent", "ambiguous"]
    claimants: tuple[str, ...] = ()
    cause: str | None = Field(None, alias="lienthong:causationid")


class SyncMissing(_Sync):
    """A version that one system has is missing in the other one after its time. Announced once."""


class SyncCorrected(_Sync):
    """What was announced as missing is there now, or is not awaited any more."""
