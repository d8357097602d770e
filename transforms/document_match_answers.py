"""The steps that answer which components of a dossier a citizen's store has (`transforms.document_matching`)."""

from collections.abc import Mapping, Sequence
from typing import Any

from lienthong import Envelope, Found
from transforms.document_entries import with_entry
from transforms.document_matching import Candidate, Match, PassedOver, match
from transforms.document_searches import citizen, day
from transforms.document_standing import load_document
from transforms.procedures import national_code

PROCEDURE = "of_procedure"
"""The key in the data between both steps: the version of the procedure. It is not part of the event that is kept."""


def procedure(envelope: Envelope) -> Sequence[str]:
    """The procedure on the day of use: `1.000656@2024-01-14`."""
    return (f"{national_code(envelope.data['procedure'])}@{day(envelope)}",)


def find_procedure(envelope: Envelope, found: Found) -> Envelope:
    """Take on what the procedure asks for. `found`: `store.procedures_in_force`."""
    version = found.get(procedure(envelope)[0])
    components = None if version is None else {"components": version["components"]}
    return envelope.with_data(envelope.type, {**envelope.data, PROCEDURE: components})


def answer(envelope: Envelope, found: Found) -> Envelope:
    """Answer for each component; and note what each got, and who asked. It comes after `find_procedure`.

    `found` has the documents by number (`store.documents.reading.CitizenDocuments`).
    """
    data = {name: value for name, value in envelope.data.items() if name != PROCEDURE}
    (number,), on, asked = citizen(envelope), day(envelope), envelope.data[PROCEDURE]
    documents = [load_document(each) for each in found.get(number, ())]
    matches = [match(each["code"], documents, on, procedure=asked) for each in data["components"]]
    code = national_code(data["procedure"])
    given = {
        "match_id": envelope.id,
        "procedure": code,
        "on": on.isoformat(),
        "components": [*map(_component, matches)],
    }
    return with_entry(
        envelope.with_data(envelope.type, {**data, "answer": given}),
        "match",
        what="match",
        citizen_id=number,
        procedure=code,
        dossier=data.get("dossier"),
        purpose=f"Đối chiếu thành phần hồ sơ của thủ tục {code}",
        components=[_kept(each) for each in matches],
    )


def _kept(one: Match) -> dict[str, Any]:
    best = one.candidates[0].document.document_id if one.candidates else None
    fitting = len(one.candidates)
    return {"component": one.component, "outcome": one.outcome, "document_id": best, "fitting": fitting}


def _component(one: Match) -> dict[str, Any]:
    return {
        "code": one.component,
        "outcome": one.outcome,
        "reason": one.reason,
        "reason_words": one.words,
        "document_id": _kept(one)["document_id"],
        "candidates": [*map(_candidate, one.candidates)],
        "passed_over": [*map(_passed_over, one.passed_over)],
    }


def _candidate(one: Candidate) -> Mapping[str, Any]:
    document, version = one.document, one.version
    return {
        "document_id": document.document_id,
        "version": version.version,
        "digest": version.digest,
        "kind": document.kind,
        "document_type": document.document_type,
        "result_code": document.result_code,
        "number": version.number,
        "agency": document.agency,
        "issued_on": version.issued_on and version.issued_on.isoformat(),
        "valid_until": version.valid_until and version.valid_until.isoformat(),
        "ahead": one.ahead,
        "ahead_words": one.ahead_words,
    }


def _passed_over(one: PassedOver) -> Mapping[str, Any]:
    return {
        "document_id": one.document.document_id,
        "version": one.version.version,
        "kind": one.document.kind,
        "why": one.why,
        "why_words": one.words,
        "superseded_by": one.by,
    }
