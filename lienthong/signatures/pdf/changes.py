"""What was added after a signature, and whether it may be there (EN 319 142-1, 5.5; ISO 32000-2, 12.8.2.2).

pyHanko compares each revision with the one before it, once for all signatures: a change that a later revision takes
back is a change too, and many signatures cost no more than their number. The policy decides what is permitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.signatures.pdf.certification import Certification
from lienthong.signatures.pdf.document import Document
from lienthong.signatures.pdf.fields import Field
from lienthong.signatures.policy import Policy
from lienthong.signatures.verdict import Reason, reason

LEVELS = ("none", "lta_updates", "form_filling", "annotations", "other")
"""From nothing to anything."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one revision changed. `fields`: names of form fields that it filled, signed or added."""

    level: str
    fields: frozenset[str] = frozenset()
    certified_ok: bool = True


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
        from pyhanko.sign.fields import MDPPerm

        result = self._apply(revision, None)
        if result is None:
            from lienthong.signatures.pdf.annotations import only_annotations

            old, new = self._document.at(revision - 1), self._document.at(revision)
            return Step("annotations" if only_annotations(old, new) else "other")
        level = str(result.modification_level.name).lower()
        certified = level != "form_filling" or self._apply(revision, MDPPerm.FILL_FORMS) is not None
        return Step(level, frozenset(map(str, result.changed_form_fields)), certified)

    def _apply(self, revision: int, permission: Any) -> Any:
        """pyHanko's analysis, None where it finds a change that no rule explains, or cannot read a revision."""
        from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult

        old, new = self._document.at(revision - 1), self._document.at(revision)
        try:
            result = DEFAULT_DIFF_POLICY.apply(old, new, doc_mdp=permission)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - SuspiciousModification, and whatever hostile structures provoke
            return None
        return result if isinstance(result, DiffResult) else None

    def _step_fault(self, step: Step, certification: Certification) -> Reason | None:
        if step.level == "other":
            return reason("changed-after")
        if certification.locks and any(certification.locks(name) for name in step.fields):
            return reason("locked-field-changed", field=", ".join(sorted(step.fields)))
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
        for name in sorted(step.fields):
            field = self._fields.get(name)
            if field is None or field.value is None:
                return reason("form-changed-after", field=name)
            if ("time_stamps" if field.is_time_stamp else "signatures") not in permitted:
                return reason("form-changed-after", field=name)
        if not step.fields and "validation_data" not in permitted and step.level == "lta_updates":
            return reason("changed-after")
        return None

    def _signs(self, step: Step) -> bool:
        return any(not self._fields[name].is_time_stamp for name in step.fields if name in self._fields)

    def _unsigned_field(self, revision: int, certification: Certification) -> Reason | None:
        """A new field without a signature is a place to show something; only a certification may permit it."""
        for name, field in self._fields.items():
            if field.value is None and self._added[name] > revision and certification.permission in (None, 1):
                return reason("unsigned-field-added", field=name)
        return None
