"""Histories of dossiers with planted happenings: the versions that a source shows, and what happened by them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from hypothesis import strategies as st

from schemas.canonical import dossier_v1
from transforms.happenings import Version

START = datetime(2024, 1, 8, 1, tzinfo=UTC)
SIGHT = timedelta(minutes=20)
"""From a change to the moment at which it is seen."""

STEPS = ("ask", "answer", "move", "note")


class Planted(NamedTuple):
    """The versions in their order, and when everything happened."""

    versions: Sequence[Version]
    facts: dict[tuple[str, int], datetime]


def plant(steps: Sequence[str], ending: str, *, online: bool = True, code: str = "H1") -> Planted:
    """A dossier that is filed, accepted, goes through `steps` and ends. A step that makes no sense then is a note."""
    dossier = _Dossier(code, online=online)
    for step in steps:
        dossier.take(step)
    dossier.end(ending)
    return Planted(dossier.versions, dossier.facts)


class _Dossier:
    def __init__(self, code: str, *, online: bool) -> None:
        self.versions: list[Version] = []
        self.facts: dict[tuple[str, int], datetime] = {}
        self.state: dict[str, Any] = {"code": code, "procedure": "1.000656", "submitted_at": START}
        self.rounds = self.moves = 0
        submitted_at = self.show(status=1, channel="online" if online else "in_person")
        if online:
            self.facts["submitted", 1] = submitted_at
        self.facts["accepted", 1] = self.now
        self.show(status=2, accepted_at=self.now, appointment_at=self.now + timedelta(days=9))

    @property
    def now(self) -> datetime:
        return START + len(self.versions) * timedelta(hours=3)

    def show(self, **changed: Any) -> datetime:
        at = self.now
        self.state.update(changed, updated_at=at, observed_at=at + SIGHT)
        event_id = f"{self.state['code']}-{len(self.versions)}"
        data = dossier_v1.Dossier.model_validate(self.state).to_data()
        self.versions.append(Version(event_id, dossier_v1.TYPE, data))
        return at

    def take(self, step: str) -> None:
        is_asked = self.state["status"] == 5
        if step == "ask" and not is_asked:
            self.rounds += 1
            self.facts["supplement_requested", self.rounds] = self.show(status=5)
        elif step == "answer" and is_asked:
            self.facts["supplement_received", self.rounds] = self.show(status=4)
        elif step == "move":
            self.moves += 1
            appointment_at = self.state["appointment_at"] + timedelta(days=2)
            self.facts["reappointed", self.moves] = self.show(appointment_at=appointment_at)
        else:
            self.show(officer=f"Cán bộ {len(self.versions)}")

    def end(self, ending: str) -> None:
        if ending in ("completed", "returned"):
            if self.state["status"] == 5:
                self.facts["supplement_received", self.rounds] = self.now
            self.facts["completed", 1] = self.show(status=9, completed_at=self.now)
        if ending == "returned":
            self.facts["returned", 1] = self.show(status=10, returned_at=self.now)
        if ending in ("rejected", "withdrawn"):
            self.facts[ending, 1] = self.show(status=3 if ending == "rejected" else 7)


histories = st.builds(
    plant,
    st.lists(st.sampled_from(STEPS), max_size=6),
    st.sampled_from(["", "completed", "returned", "rejected", "withdrawn"]),
    online=st.booleans(),
)
