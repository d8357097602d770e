"""Twins: documents of one citizen that have a file in common, under an old number (CMND) and a new one (CCCD).

Under one number a file is one document. Under two it was put in twice, and all of it is one document all the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FoundDocument = Mapping[str, Any]
"""A document as the lookups of the store have it (`store.documents.reading`)."""


def without_twins(documents: Sequence[FoundDocument]) -> Sequence[FoundDocument]:
    """The documents of a citizen, in their order, each once. Of twins the one stays that counts."""
    if len({each["citizen_id"] for each in documents}) < 2:
        return documents
    settled = {one["document_id"]: one for group in _groups(documents) for one in _settle(group)[:1]}
    return [settled[each["document_id"]] for each in documents if each["document_id"] in settled]


def with_twins(document: FoundDocument, elsewhere: Iterable[FoundDocument]) -> FoundDocument:
    """A document whose owner has those of `elsewhere` under other numbers: a dispute or correction there counts."""
    for group in _groups([document, *elsewhere]):
        for one in _settle(group):
            if one["document_id"] == document["document_id"]:
                return one
    return document


def _settle(group: Sequence[FoundDocument]) -> Sequence[FoundDocument]:
    """Twins, first the one that counts: one that was corrected, else the one that came first.

    A dispute of one is a dispute of all. Where the first was corrected, no file of the others counts (`twin`).
    """
    first, *rest = sorted(group, key=lambda one: (not _is_corrected(one), one["added_at"], one["document_id"]))
    dispute = next((one["dispute"] for one in (first, *rest) if one["dispute"] is not None), None)
    twin = {"twin": first["document_id"]} if _is_corrected(first) else {}
    return [{**first, "dispute": dispute}, *({**one, "dispute": dispute, **twin} for one in rest)]


def _is_corrected(document: FoundDocument) -> bool:
    return any(each["reason"] == "corrected" for each in document["versions"])


def _groups(documents: Iterable[FoundDocument]) -> Iterable[Sequence[FoundDocument]]:
    """The documents, those together that a file connects."""
    groups: list[tuple[set[str], list[FoundDocument]]] = []
    for document in documents:
        files = {each["digest"] for each in document["versions"]}
        together = [document]
        for group in [each for each in groups if each[0] & files]:
            groups.remove(group)
            files |= group[0]
            together += group[1]
        groups.append((files, together))
    return [together for _, together in groups]
