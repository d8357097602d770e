"""VNPT iGate 2: an element of `content[]` of `GET /pa/dossier/search`.

Instants are ISO 8601 with an offset without colon (`2023-11-15T01:25:00.000+0000`).
"""

from typing import Annotated

from lienthong import Personal
from schemas.shapes import Identity, PersonName, WireShape


class Translation(WireShape):
    """A name in one language: languageId 228 is Vietnamese, 46 English."""

    languageId: int | None = None
    name: str | None = None


class Named(WireShape):
    """A number with its name; the name is text in some places and a list in others."""

    id: str | int | None = None
    name: str | list[Translation] | None = None


class Agency(WireShape):
    """The receiving agency; `code` as in QCVN 102:2016, e.g. `000.00.53.H48`."""

    code: str | None = None
    name: list[Translation] | None = None


class Procedure(WireShape):
    """The procedure; `code` is the provincial copy, e.g. `1.000656.000.00.00.H08`."""

    code: str | None = None
    translate: list[Translation] | None = None


class ApplicantData(WireShape):
    """The fields of the applicant's form. People type `identityNumber` by hand, so its form varies."""

    fullname: PersonName = None
    ownerFullname: PersonName = None
    birthday: Annotated[str | None, Personal("birth-date")] = None
    identityNumber: Identity = None
    phoneNumber: Annotated[str | None, Personal("phone")] = None
    email: Annotated[str | None, Personal("email")] = None
    address: Annotated[str | None, Personal("address")] = None


class Applicant(WireShape):
    """The person who files."""

    data: ApplicantData | None = None


class Accepter(WireShape):
    """The receiving officer."""

    fullname: PersonName = None


class TaskVariable(WireShape):
    """Settings of a step of the process. mustSendSMSToApplicant: iGate itself tells the applicant (true, 1, "true")."""

    mustSendSMSToApplicant: bool | str | int | None = None


class TaskDefinition(WireShape):
    """A step of the process as it was designed."""

    variable: TaskVariable | None = None


class Task(WireShape):
    """A step that a dossier is in."""

    bpmProcessDefinitionTask: TaskDefinition | None = None


class Extend(WireShape):
    """What the province keeps beside iGate's own fields. donViHoTro: who helped to file it (DOAN_THANH_NIEN)."""

    donViHoTro: str | None = None


class IgateDossier(WireShape):
    """One version of a dossier. nationCode: the code that the national portal has for it."""

    code: str | None = None
    nationCode: str | None = None
    dossierStatus: Named | int | None = None
    procedure: Procedure | None = None
    procedureLevel: Named | None = None
    agency: Agency | None = None
    applyMethod: Named | None = None
    extend: Extend | None = None
    appliedDate: str | None = None
    acceptedDate: str | None = None
    appointmentDate: str | None = None
    dueDate: str | None = None
    completedDate: str | None = None
    returnedDate: str | None = None
    updatedDate: str | None = None
    applicant: Applicant | None = None
    accepter: Accepter | None = None
    currentTask: list[Task] | None = None
    task: list[Task] | None = None
