"""What is missing at the end of a recording between its two systems, reckoned from its lines alone."""

from datetime import datetime, timedelta
from pathlib import Path

from tests.recording.invented.reference import Reference, local, shown_by_tick
from tests.recording.invented.working_time import due_after

ALLOWED = timedelta(minutes=960)


def missing(folder: Path) -> set[tuple[str, str, datetime]]:
    """The code, the milestone, and when its time was over, of everything whose time is over at the last moment."""
    reference = Reference(folder)
    reference.run()
    offices = {one.body["code"]: one.body for one in reference.dossiers.values() if one.body}
    newest: dict[str, dict[str, str]] = {}
    shown_at: dict[str, datetime] = {}
    for tick, versions in sorted(shown_by_tick(reference.portal, "MaHoSo").items()):
        newest |= versions
        for code, body in versions.items():
            if int(body["TrangThaiHoSo"]) >= 2 and body["TrangThaiHoSo"] != "3":
                shown_at.setdefault(code, tick)
    found: set[tuple[str, str, datetime]] = set()
    for code, body in newest.items():
        if body["NoiNopHoSo"] != "1" or body["TrangThaiHoSo"] == "3":
            continue
        here, shown = offices.get(code), shown_at.get(code)
        accepted = local(here.get("acceptedDate")) if here else None
        since, milestone = local(body.get("NgayNopHoSo")), "arrived"
        if here is not None:
            since, milestone = (accepted, "shown") if shown is None else (shown, "accepted")
            if shown is not None and accepted is not None:
                continue
        if since is not None and (due := due_after(since, ALLOWED)) <= reference.ends_at:
            found.add((code, milestone, due))
    return found
