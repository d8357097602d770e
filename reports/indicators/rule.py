"""The province's seven indicators (QĐ 235/QĐ-UBND, 18/01/2024) over the national portal's dossiers.

Three of the seven are inferred, so which ones are reported is configuration.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from reports.month import Month
from store.rows import PortalDossier

_FINISHED = (9, 10)
_PAID_ONLINE = (1, 2)

IndicatorName = Literal["online", "online_payment", "e_result", "digitised", "reuse", "on_time", "vneid_authenticated"]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the dossiers that an indicator counts (`denominator`) reach its aim (`numerator`)."""

    numerator: int = 0
    denominator: int = 0


Rule = Callable[[PortalDossier], bool | None]
"""Whether a dossier reaches the aim; None when the indicator does not count it."""


def online(dossier: PortalDossier) -> bool:
    """Filed online (KenhThucHien 2)."""
    return dossier.channel == "online"


def online_payment(dossier: PortalDossier) -> bool | None:
    """Paid through the national or the province's gateway (DuocThanhToanTrucTuyen 1, 2), where there is a fee."""
    return dossier.online_payment in _PAID_ONLINE if dossier.fee else None


def e_result(dossier: PortalDossier) -> bool | None:
    """Has a result file, among the dossiers with status 9 (processed) or 10 (result returned)."""
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


INDICATORS: Mapping[IndicatorName, Rule] = {
    "online": online,
    "online_payment": online_payment,
    "e_result": e_result,
    "digitised": digitised,
    "reuse": reuse,
    "on_time": on_time,
    "vneid_authenticated": vneid_authenticated,
}

FORMULAS: Mapping[IndicatorName, str] = {
    "online": "Hồ sơ nộp trực tuyến (KenhThucHien 2) trên tổng số hồ sơ tiếp nhận",
    "online_payment": "Hồ sơ thanh toán trực tuyến (DuocThanhToanTrucTuyen 1, 2) trên hồ sơ có phí, lệ phí lớn hơn 0",
    "e_result": "Hồ sơ có tệp kết quả trên hồ sơ đã xử lý xong hoặc đã trả kết quả (TrangThaiHoSo 9, 10)",
    "digitised": "Hồ sơ có mọi thành phần được số hóa (DuocSoHoa 1) trên tổng số hồ sơ tiếp nhận",
    "reuse": "Hồ sơ có thành phần được tái sử dụng, lấy từ kho (DuocTaiSuDung 1, 2; DuocLayTuKhoDMQG 1) trên tổng số",
    "on_time": "Hồ sơ xử lý xong không muộn hơn ngày hẹn trả trên hồ sơ đã xử lý xong hoặc đã trả kết quả",
    "vneid_authenticated": "Hồ sơ nộp bằng tài khoản VNeID xác thực (TaiKhoanDuocXacThucVoiVNeID 1) trên tổng số",
}
"""What each counts, as a reader of the report reads it."""


def count(
    dossiers: Iterable[PortalDossier], month: Month, names: Iterable[IndicatorName] = tuple(INDICATORS)
) -> dict[IndicatorName, Share]:
    """The indicators `names` over the dossiers that were accepted (NgayTiepNhan) in the month."""
    accepted = [dossier for dossier in dossiers if dossier.accepted_at and month.contains(dossier.accepted_at)]
    return {name: found.share for name, found in judge(accepted, names).items()}


@dataclass(slots=True)
class Counted:
    """The events of the dossiers that an indicator counts, and of those that reach its aim."""

    reached: list[str]
    counted: list[str]

    @property
    def share(self) -> Share:
        """How many they are."""
        return Share(len(self.reached), len(self.counted))


def judge(dossiers: Iterable[PortalDossier], names: Iterable[IndicatorName]) -> dict[IndicatorName, Counted]:
    """The indicators `names` over `dossiers`."""
    found = {name: Counted([], []) for name in names}
    for dossier in dossiers:
        for name, counted in found.items():
            verdict = INDICATORS[name](dossier)
            if verdict is None:
                continue
            counted.counted.append(dossier.event_id)
            if verdict:
                counted.reached.append(dossier.event_id)
    return found


def payload(month: Month, shares: Mapping[IndicatorName, Share]) -> dict[str, object]:
    """The report for programs."""
    return {
        "period": month.period,
        "indicators": {
            name: {"numerator": share.numerator, "denominator": share.denominator} for name, share in shares.items()
        },
    }
