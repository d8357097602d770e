"""Which part of the bus a process plays: everything, the intake, or one stage."""

from collections.abc import Collection
from dataclasses import dataclass

from lienthong.configuration.faults import nearest
from lienthong.errors import WrongUse
from lienthong.messages import message


class WrongRole(WrongUse):
    """A process cannot play this role."""


class UnknownRole(WrongRole):
    """There is no such role; the message names those that exist."""


class NothingShared(WrongRole):
    """Several processes were asked for, but the queues are in the memory of one. The message states what to set."""

    def __init__(self, option: str) -> None:
        super().__init__(
            message(
                "`{option}` shares the work among several processes, but the embedded queues (`memory://`) are in the "
                "memory of one process and cannot be shared: work passed to another process would never arrive. Set "
                "`LIENTHONG_BROKER=amqp://USER:PASSWORD@HOST:5672/VHOST` (RabbitMQ) and "
                "`LIENTHONG_DATABASE=postgresql://USER:PASSWORD@HOST/DATABASE` for every process, or leave out "
                "`{name}` so that one process does everything.",
                option=option,
                name=option.split(maxsplit=1)[0],
            )
        )


@dataclass(frozen=True, slots=True)
class Role:
    """`stages` None means all of them."""

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
    close = nearest(text, known)
    names = ", ".join(known)
    if close:
        raise UnknownRole(
            message(
                "There is no role {role}; did you mean `{close}`? The roles are: {names}.",
                role=repr(text),
                close=close,
                names=names,
            )
        )
    raise UnknownRole(message("There is no role {role}. The roles are: {names}.", role=repr(text), names=names))
