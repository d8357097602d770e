"""Transforms of letters."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from lienthong.envelope import Envelope
from lienthong.errors import Rejected
from lienthong.ports import Found, Table

CONSTANT = 5


def canonical(envelope: Envelope, *, kinds: Table, longest: timedelta = timedelta(days=1)) -> Envelope | None:
    """A letter in our words.

    Adverts are dropped; a letter of a kind that is not in `kinds` is rejected.
    """
    kind = envelope.data.get("kind")
    if kind == "advert":
        return None
    if kind not in kinds:
        raise Rejected("loại thư không có trong danh mục", field="kind")
    seconds = longest.total_seconds()
    return envelope.with_data("letter.v1", {**envelope.data, "kind": kinds[kind], "seconds": seconds, "pages": [1, 2]})


def addressee(envelope: Envelope, found: Found, *, missing: str = "unknown") -> Envelope:
    """The letter with the name of the resident at its address."""
    return envelope.with_data(envelope.type, {**envelope.data, "to": found.get(envelope.data["address"], missing)})


def addresses(envelope: Envelope) -> list[str]:
    """The address of a letter, if it has one."""
    return [envelope.data["address"]] if envelope.data.get("address") else []


def many(
    envelope: Envelope,
    *,
    count: int,
    share: float = 0.5,
    folder: Path = Path("out"),
    quick: bool = False,
    mode: Literal["near", "far"] = "near",
    names: tuple[str, ...] = (),
    waits: Mapping[str, timedelta] | None = None,
    then: Callable[[Envelope], Any] | None = None,
    kinds: Table | None = None,
) -> Envelope:
    """Every kind of parameter there is."""
    return envelope


def positional_parameter(envelope: Envelope, kinds: Table) -> Envelope:
    """Its parameter is not keyword-only."""
    return envelope


def takes_nothing() -> None:
    """No envelope."""


def wrong_words(envelope: Envelope, *, kinds: "NoSuchType") -> Envelope:  # type: ignore[name-defined]  # noqa: F821 - on purpose
    """Annotated with what does not exist."""
    return envelope


class Unmarked(BaseModel):
    """A schema that names a person without a mark."""

    full_name: str | None = None
