"""What was added after a signature, and whether it may be there (EN 319 142-1, 5.5; ISO 32000-2, 12.8.2.2).

pyHanko compares each revision with the one before it, once for all signatures: a change that a later revision takes
back is a change too, and many signatures cost no more than their number. The policy decides what is permitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.signatures.pdf.annotations import only_annotations
from lienthong.signatures.pdf.certification import Certification
from lienthong.signatures.pdf.comparison import changed_fields, compare, fills_a_promise, restyles
from lienthong.signatures.pdf.document import Document
from lienthong.signatures.pdf.fields import Field
from lienthong.signatures.policy import Policy
from lienthong.signatures.verdict import Reason, reason

LEVELS = ("none", "lta_updates", "form_filling", "annotations", "other")
"""From nothing to anything."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one revision changed.

    `signed`: names of signature fields that it signed or added. `filled`: names of other form fields that it changed.
    `certified_ok`: False when it added a visible signature field, which a certification does not permit.
    `restyled`: it made viewers draw the fields of the form anew, perhaps otherwise than they were seen.
    """

    level: str
    signed: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    certified_ok: bool = True
    restyled: bool = False


class Changes:
    """The revisions of one document and the signature fields that it ends with."""

    def __init__(self, document: Document, fields: Sequence[Field], policy: Policy) -> None:
        self._document = document
        self._policy = policy
        self._steps: dict[int, Step] = {}
        self._fields = {field.name: field for field in fields}
        self._added = {field.name: self._introduced(field.reference) for field in fields}

    def _introduced(self, reference: Any) -> int:
        return int(self._document.reader.xrefs.get_introducing_revision(reference)) if reference else 0

    def since(self, revision: int, certification: Certification) -> tuple[str, Reason | None]:
        """The highest level of change after a revision, and why it is not permitted, or None."""
        level, fault = "none", None
        for number in range(revision + 1, self._document.last + 1):
            step = self._step(number)
            level = max(level, step.level, key=LEVELS.index)
            fault = fault or self._step_fault(step, certification)
            if level == "other":
                break
        return level, fault or self._unsigned_field(revision, certification)

    def _step(self, revision: int) -> Step:
        if revision not in self._steps:
            self._steps[revision] = self._compare(revision)
        return self._steps[revision]

    def _compare(self, revision: int) -> Step:
        old, new = self._document.at(revision - 1), self._document.at(revision)
        if fills_a_promise(old, new) or not self._document.plain_tables(revision):
            return Step("other")
        result = compare(old, new, forms=False)
        filled: frozenset[str] = frozenset()
        if result is None:
            result = compare(old, new, forms=True)
            if result is None:
                return Step("annotations" if only_annotations(old, new) else "other")
            filled = changed_fields(old, new) - self._fields.keys()
        level = str(result.modification_level.name).lower()
        signed = frozenset(name for name in map(str, result.changed_form_fields) if name in self._fields)
        certified = not signed or compare(old, new, forms=True, certified=True) is not None
        return Step(level, signed, filled, certified, restyles(old, new))

    def _step_fault(self, step: Step, certification: Certification) -> Reason | None:
        if step.level == "other":
            return reason("changed-after")
        is_locked = certification.locks or (lambda _: False)
        locked = sorted(filter(is_locked, step.filled | step.signed))
        if locked:
            return reason("locked-field-changed", field=", ".join(locked))
        stamps = (self._fields[name] for name in step.signed if self._fields[name].is_time_stamp)
        if any(stamp.is_visible for stamp in stamps):  # a time stamp shows nothing; who gets one need be no signer
            return reason("changed-after")
        if step.restyled and certification.permission in (None, 1):
            return reason("changed-after")
        if certification.permission is not None:
            return self._certified_fault(step, certification.permission)
        return reason("changed-after") if step.level == "annotations" else self._uncertified_fault(step)

    def _certified_fault(self, step: Step, permission: int) -> Reason | None:
        """ISO 32000-2, table 257; validation data and time stamps may follow in any case (12.8.4.1)."""
        if permission == 1:
            final = step.level == "lta_updates" and not self._signs(step)
            return None if final else reason("changed-after-final", level=permission)
        allowed = LEVELS.index("form_filling" if permission == 2 else "annotations")
        if LEVELS.index(step.level) > allowed or not step.certified_ok:
            return reason("changed-beyond-certification", level=permission)
        return None

    def _uncertified_fault(self, step: Step) -> Reason | None:
        """The policy's `changes_without_certification`."""
        permitted = self._policy.changes_without_certification
        if step.filled:
            return reason("form-changed-after", field=", ".join(sorted(step.filled)))
        for name in sorted(step.signed):
            field = self._fields[name]
            if field.value is None or ("time_stamps" if field.is_time_stamp else "signatures") not in permitted:
                return reason("form-changed-after", field=name)
        if not step.signed and "validation_data" not in permitted and step.level == "lta_updates":
            return reason("changed-after")
        return None

    def _signs(self, step: Step) -> bool:
        return any(not self._fields[name].is_time_stamp for name in step.signed)

    def _unsigned_field(self, revision: int, certification: Certification) -> Reason | None:
        """A new field without a signature is a place to show something; only a certification may permit it."""
        for name, field in self._fields.items():
            if field.value is None and self._added[name] > revision and certification.permission in (None, 1):
                return reason("unsigned-field-added", field=name)
        return None
