"""When RabbitMQ does not let us in: that is no trouble that passes, somebody must change something."""

import re

from lienthong.adapters.rabbitmq.requests import text_of
from lienthong.errors import Finding

_WHO = re.compile(r"\(403\)|^403 ")
_WHERE = re.compile(r"(\(530\)|^530 ).*(not found|refused for user)")
_FULL = re.compile(r"limit .*is reached")  # others may leave


def refusal(error: BaseException, place: str) -> Finding | None:
    """What to change when `error` is the broker's "no" to who we are or where we want to go, else None.

    A line that breaks while we introduce ourselves is called "probable" by pika; only the broker's own word counts.
    """
    words = text_of(error)
    if _WHO.search(words):
        what = "RabbitMQ từ chối đăng nhập: sai người dùng hoặc mật khẩu, hoặc người dùng này chỉ được vào từ máy chủ"
        advice = "sửa người dùng, mật khẩu trong LIENTHONG_BROKER (ký tự đặc biệt viết dạng %40)"
        return _finding(place, "LT803", what, f"{advice}, hoặc đặt lại bằng `rabbitmqctl change_password`")
    if _WHERE.search(words) and not _FULL.search(words):
        what = "RabbitMQ không có vhost này, hoặc người dùng không có quyền vào"
        advice = "sửa tên vhost ở cuối LIENTHONG_BROKER, hoặc `rabbitmqctl add_vhost` và `set_permissions`"
        return _finding(place, "LT804", what, advice)
    return None


def _finding(place: str, code: str, what: str, advice: str) -> Finding:
    return Finding(f"amqp://{place}", 0, 0, code, what, advice)
