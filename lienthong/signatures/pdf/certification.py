"""Certifications: what a signature itself permits after it (DocMDP, FieldMDP; ISO 32000-2, 12.8.2.2 and 12.8.2.4)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from lienthong.signatures.pdf.fields import Field, entry


@dataclass(frozen=True, slots=True)
class Certification:
    """What counts after a signature. `permission`: 1 nothing, 2 forms, 3 annotations too; None without certification.

    `locks` states whether a form field is locked by name.
    """

    permission: int | None = None
    locks: Callable[[str], bool] | None = None


def permission_of(field: Field) -> int | None:
    """The permission that this signature grants as a certification. Without /P it is 2 (table 257)."""
    parameters = _transform(field.value, "/DocMDP")
    if parameters is None:
        return None
    try:
        level = int(parameters["/P"])
    except (KeyError, TypeError, ValueError):
        level = 2
    return level if level in (1, 2, 3) else 1


def certification_after(field: Field, revision: int, granted: Sequence[tuple[int, int]]) -> Certification:
    """What holds after `field`, signed at `revision`. `granted`: revision and permission of each certification.

    A certification binds the whole document from its revision on; the strictest one counts.
    """
    permissions = [permission for since, permission in granted if since <= revision]
    if _lock_permission(field) == 1:
        permissions.append(1)
    return Certification(min(permissions, default=None), _locks(field))


def _lock_permission(field: Field) -> int | None:
    try:
        return int(field.dictionary["/Lock"]["/P"])
    except (KeyError, TypeError, ValueError):
        return None


def _locks(field: Field) -> Callable[[str], bool] | None:
    parameters = _transform(field.value, "/FieldMDP")
    if parameters is None:
        return None
    from pyhanko.sign.fields import FieldMDPSpec

    try:
        locked: Callable[[str], bool] = FieldMDPSpec.from_pdf_object(parameters).is_locked
    except Exception:  # noqa: BLE001 - what cannot be read locks everything
        return lambda name: name != field.name
    return locked


def _transform(value: Any, method: str) -> Any:
    """The parameters of a transform method, {} when they are absent, None when the method is."""
    try:
        for item in value["/Reference"]:
            reference = item.get_object()
            if entry(reference, "/TransformMethod") == method:
                return entry(reference, "/TransformParams") or {}
    except (KeyError, TypeError, AttributeError):
        return None
    return None
