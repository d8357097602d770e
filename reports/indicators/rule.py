"""The province's seven indicators (QĐ 235/QĐ-UBND, 18/01/2024) over the national portal's dossiers.

Three of the seven are inferred, so which ones are reported is configuration; the rules by name are `INDICATORS`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.rows import PortalDossier
from transforms.moments import period_bounds

_FINISHED = (9, 10)
_PAID_ONLINE = (1, 2)


@dataclass(frozen=True, slots=True)
class Share:
    """So many out of so many."""

    numerator: int = 0
    denominator: int = 0


Rule = Callable[[PortalDossier], bool | None]
"""Whether a dossier reaches the aim; None when the indicator does not look at it."""


def online(dossier: PortalDossier) -> bool:
    """Filed online (KenhThucHien 2)."""
    return dossier.channel == "online"


def online_payment(dossier: PortalDossier) -> bool | None:
    """Paid through the national or the province's gateway (DuocThanhToanTrucTuyen 1, 2), where there is a fee."""
    return dossier.online_payment in _PAID_ONLINE if dossier.fee else None


def e_result(dossier: PortalDossier) -> bool | None:
    """A result file, among those processed or handed over (status 9, 10)."""
    return bool(dossier.result_file) if dossier.status in _FINISHED else None


def digitised(dossier: PortalDossier) -> bool:
    """Every component digitised (DuocSoHoa 1). A dossier without components has nothing digitised."""
    return bool(dossier.components) and all(paper.digitised for paper in dossier.components)


def reuse(dossier: PortalDossier) -> bool:
    """Any component reused (DuocTaiSuDung 1, 2) or taken from the store (DuocLayTuKhoDMQG 1)."""
    return any(paper.reused or paper.from_store for paper in dossier.components)


def on_time(dossier: PortalDossier) -> bool | None:
    """Processed no later than promised (NgayKetThucXuLy ≤ NgayHenTra), among status 9, 10; a missing date is late."""
    if dossier.status not in _FINISHED:
        return None
    if dossier.completed_at is None or dossier.appointment_at is None:
        return False
    return dossier.completed_at <= dossier.appointment_at


def vneid_authenticated(dossier: PortalDossier) -> bool:
    """Filed from an account that VNeID has authenticated (TaiKhoanDuocXacThucVoiVNeID 1)."""
    return bool(dossier.vneid_authenticated)


INDICATORS: Mapping[str, Rule] = {
    "online": online,
    "online_payment": online_payment,
    "e_result": e_result,
    "digitised": digitised,
    "reuse": reuse,
    "on_time": on_time,
    "vneid_authenticated": vneid_authenticated,
}


def count(dossiers: Iterable[PortalDossier], period: str, names: Sequence[str] = tuple(INDICATORS)) -> dict[str, Share]:
    """The indicators `names` over the dossiers accepted (NgayTiepNhan) in the month `period`, local time.

    Raises KeyError for a name that is no indicator.
    """
    starts, ends = period_bounds(period)
    counted = [dossier for dossier in dossiers if dossier.accepted_at and starts <= dossier.accepted_at < ends]
    shares = {}
    for name in names:
        verdicts = [verdict for dossier in counted if (verdict := INDICATORS[name](dossier)) is not None]
        shares[name] = Share(sum(verdicts), len(verdicts))
    return shares


def payload(period: str, shares: Mapping[str, Share]) -> dict[str, Any]:
    """The report for programs."""
    return {
        "period": period,
        "indicators": {
            name: {"numerator": share.numerator, "denominator": share.denominator} for name, share in shares.items()
        },
    }
