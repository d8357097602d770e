"""VNPT iGate 2: an element of `content[]` of `GET /pa/dossier/search`.

Instants are ISO 8601 with an offset without colon (`2023-11-15T01:25:00.000+0000`).
"""

from typing import TypedDict


class Translation(TypedDict, total=False):
    """A name in one language: languageId 228 is Vietnamese, 46 English."""

    languageId: int
    name: str


class Named(TypedDict, total=False):
    """Something with a number and a name; the name is text in some places and a list in others."""

    id: str | int
    name: str | list[Translation]


class Agency(TypedDict, total=False):
    """The receiving agency; `code` as in QCVN 102:2016, e.g. `000.00.53.H48`."""

    code: str
    name: list[Translation]


class Procedure(TypedDict, total=False):
    """The procedure; `code` is the provincial copy, e.g. `1.000656.000.00.00.H08`."""

    code: str
    translate: list[Translation]


class ApplicantData(TypedDict, total=False):
    """What the applicant's form says. `identityNumber` is typed by hand and looks it."""

    identityNumber: str


class Applicant(TypedDict, total=False):
    """The person filing."""

    data: ApplicantData


class Accepter(TypedDict, total=False):
    """The receiving officer."""

    fullname: str


class IgateDossier(TypedDict, total=False):
    """One version of a dossier."""

    code: str
    dossierStatus: Named | int
    procedure: Procedure | None
    procedureLevel: Named
    agency: Agency
    applyMethod: Named | None
    appliedDate: str | None
    acceptedDate: str | None
    appointmentDate: str | None
    dueDate: str | None
    completedDate: str | None
    returnedDate: str | None
    updatedDate: str | None
    applicant: Applicant | None
    accepter: Accepter | None
