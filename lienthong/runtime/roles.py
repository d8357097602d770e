"""Which part of the bus a process plays: everything, the intake, or one stage."""

from collections.abc import Collection
from dataclasses import dataclass

from lienthong.configuration.faults import nearest
from lienthong.errors import WrongUse


class WrongRole(WrongUse):
    """A process cannot play this role."""


class UnknownRole(WrongRole):
    """There is no such role; the message names those there are."""


class NothingShared(WrongRole):
    """Several processes on queues that live in one; the message says what to set instead."""

    def __init__(self, option: str) -> None:
        super().__init__(
            f"{option} chia việc cho nhiều tiến trình, nhưng hàng đợi nhúng (memory://) nằm trong bộ nhớ của một tiến "
            "trình và không dùng chung được: việc giao cho tiến trình khác sẽ không bao giờ tới. Hãy đặt "
            "LIENTHONG_BROKER=amqp://người-dùng:mật-khẩu@máy:5672/vhost (RabbitMQ) và "
            "LIENTHONG_DATABASE=postgresql://người-dùng:mật-khẩu@máy/cơ-sở-dữ-liệu cho mọi tiến trình, "
            f"hoặc bỏ {option.split(maxsplit=1)[0]} để một tiến trình làm mọi việc."
        )


@dataclass(frozen=True, slots=True)
class Role:
    """`stages` None is all of them."""

    intake: bool = True
    stages: frozenset[str] | None = None

    def serves(self, stage: str) -> bool:
        return self.stages is None or stage in self.stages


EVERYTHING = Role()


def parse_role(text: str | None, stages: Collection[str]) -> Role:
    """`intake`, `route:NAME` or `sink:NAME`; None is everything. Raises `UnknownRole`."""
    if text is None:
        return EVERYTHING
    if text == "intake":
        return Role(stages=frozenset())
    stage = text.replace(":", ".", 1)
    if stage in stages:
        return Role(intake=False, stages=frozenset({stage}))
    known = ["intake", *(name.replace(".", ":", 1) for name in sorted(stages))]
    raise UnknownRole(f"không có vai trò {text!r}; {nearest(text, known)}. Có: {', '.join(known)}")
