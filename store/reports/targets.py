"""The messages of an edition: one to each recipient, each with its own document."""

from collections.abc import Sequence
from dataclasses import dataclass

from lienthong import Document, Part
from store.reports.carriers import AXIS, EMAIL
from store.reports.mail import Target
from transforms.report_life import Axis, ReportRules


@dataclass(frozen=True, slots=True)
class Targets:
    """`to` are sent. `unchanged` are letters that are the same as in the edition before, to the same address. Of the
    units `missing` no address is known.
    """

    to: Sequence[Target]
    unchanged: Sequence[Target]
    missing: Sequence[str]


def find_targets(document: Document, before: Document | None, rules: ReportRules, axis: Axis | None) -> Targets:
    """The messages of a document. `before` is that of the edition before, None for the first one.

    The report itself goes to the addresses of its rules. A letter goes to the address of its unit, and to no other.
    """
    changes = document.summary[0] if before is not None and document.summary else ""
    to = [Target(EMAIL, "", address, document, changes) for address in rules.to]
    if axis is not None and rules.axis:
        to.append(Target(AXIS, "", ",".join(one.id for one in axis.to), document, changes))
    unchanged: list[Target] = []
    missing: list[str] = []
    earlier = {} if before is None else {part.unit: part for part in before.parts}
    for part in document.parts:
        if part.recipient is None:
            missing.append(part.unit)
            continue
        is_same = _is_same(part, earlier.get(part.unit))
        target = Target(EMAIL, part.unit, part.recipient, part.document, _changes(part, before, is_same=is_same))
        (unchanged if is_same else to).append(target)
    return Targets(to, unchanged, missing)


def _is_same(part: Part, before: Part | None) -> bool:
    return (
        before is not None and before.recipient == part.recipient and before.document.payload == part.document.payload
    )


def _changes(part: Part, before: Document | None, *, is_same: bool) -> str:
    if before is None or is_same or not part.document.summary:
        return ""
    return part.document.summary[0]
