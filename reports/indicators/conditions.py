"""What an indicator may ask of a dossier: conditions by name, each with the words that a reader of the report sees.

The numbers are those of the national portal: KenhThucHien, TrangThaiHoSo, DuocThanhToanTrucTuyen and so on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from store.portal_facts import Facts

_FINISHED = (9, 10)
_PAID_ONLINE = (1, 2)

ConditionName = Literal[
    "filed-online",
    "filed-in-person",
    "filed-by-post",
    "has-fee",
    "paid-online",
    "finished",
    "has-result-file",
    "has-components",
    "all-digitised",
    "any-digitised",
    "any-reused",
    "any-from-store",
    "vneid-account",
    "in-time",
    "has-appointment",
    "in-time-so-far",
]


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether a dossier `holds`, and the `words` after "hồ sơ"."""

    words: str
    holds: Callable[[Facts], bool]


CONDITIONS: Mapping[ConditionName, Condition] = {
    "filed-online": Condition("nộp trực tuyến (KenhThucHien 2)", lambda one: one.channel == "online"),
    "filed-in-person": Condition("nộp trực tiếp (KenhThucHien 1)", lambda one: one.channel == "in_person"),
    "filed-by-post": Condition("nộp qua bưu chính công ích (KenhThucHien 3)", lambda one: one.channel == "post"),
    "has-fee": Condition("có phí, lệ phí lớn hơn 0", lambda one: one.has_fee),
    "paid-online": Condition(
        "thanh toán trực tuyến (DuocThanhToanTrucTuyen 1, 2)", lambda one: one.online_payment in _PAID_ONLINE
    ),
    "finished": Condition(
        "đã xử lý xong hoặc đã trả kết quả (TrangThaiHoSo 9, 10)", lambda one: one.status in _FINISHED
    ),
    "has-result-file": Condition("có tệp kết quả", lambda one: one.result_file),
    "has-components": Condition("có thành phần hồ sơ", lambda one: one.components),
    # A dossier without components has nothing digitised.
    "all-digitised": Condition("có mọi thành phần được số hóa (DuocSoHoa 1)", lambda one: one.all_digitised),
    "any-digitised": Condition("có thành phần được số hóa (DuocSoHoa 1)", lambda one: one.any_digitised),
    "any-reused": Condition(
        "có thành phần được tái sử dụng hoặc lấy từ kho (DuocTaiSuDung 1, 2; DuocLayTuKhoDMQG 1)",
        lambda one: one.any_reused,
    ),
    "any-from-store": Condition("có thành phần lấy từ kho (DuocLayTuKhoDMQG 1)", lambda one: one.any_from_store),
    "vneid-account": Condition(
        "nộp bằng tài khoản VNeID xác thực (TaiKhoanDuocXacThucVoiVNeID 1)", lambda one: one.vneid
    ),
    # A missing date is late.
    "in-time": Condition("xử lý xong không muộn hơn ngày hẹn trả", lambda one: one.in_time is True),
    "has-appointment": Condition("có ngày hẹn trả", lambda one: one.in_time_so_far is not None),
    "in-time-so-far": Condition(
        "chưa quá ngày hẹn trả khi kết thúc, hoặc ở cuối kỳ nếu còn xử lý, không kể thời gian chờ bổ sung; bổ sung quá "
        "một lần là quá hạn",
        lambda one: one.in_time_so_far is True,
    ),
}
