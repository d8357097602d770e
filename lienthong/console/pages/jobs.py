"""Jobs: what persons began, how far it is, and what came of it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from lienthong.console.job_runner import Work
from lienthong.console.paging import PAGE, first_page
from lienthong.console.rendering import render, see_other
from lienthong.console.visit import Visit
from lienthong.errors import WrongUse
from lienthong.messages import Message, message
from lienthong.operations.labels import outlook_label
from lienthong.ports.jobs import Job

ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
"""What a form gives as `once`: drawn for the page, and the id of its job."""

REFRESH_SECONDS = 2
"""How often the page of a job refreshes itself until it has ended."""

KINDS: Mapping[str, Callable[[], Message]] = {
    "replay-preview": lambda: message("Look what a replay would do"),
    "replay": lambda: message("Replay"),
    "discard": lambda: message("Discard"),
    "verify": lambda: message("Verify the ledger"),
}
STATES: Mapping[str, tuple[str, Callable[[], Message]]] = {
    "waiting": ("idle", lambda: message("waits for the job before it")),
    "running": ("warn", lambda: message("runs")),
    "done": ("ok", lambda: message("done")),
    "failed": ("bad", lambda: message("failed")),
    "lost": ("bad", lambda: message("its process is gone")),
}


def begin(visit: Visit, kind: str, order: Mapping[str, Any], work: Work) -> Response:
    """Begin a job and lead to its page; a second click of the same form leads to the same job."""
    once = visit.form.get("once", "")
    if not ID.fullmatch(once):
        raise WrongUse(message("This form was not sent by a page of this session; open the page again."))
    job = Job(job=once, kind=kind, order=order, who=str(visit.actor), asked_at=visit.now)
    visit.context.jobs.begin(job, work)
    return see_other(f"/jobs/{once}")


def show_jobs(visit: Visit) -> Response:
    """The latest jobs."""
    found = visit.context.jobs.jobs.latest(PAGE + 1, visit.now, visit.query("after"))
    return render(visit, "jobs.html", paging=first_page(found, lambda job: job.job), kinds=KINDS, states=STATES)


def show_job(visit: Visit) -> Response:
    """One job. While it goes on, the page refreshes itself."""
    job = find(visit, visit.part("job"))
    return render(
        visit,
        "job.html",
        job=job,
        kinds=KINDS,
        states=STATES,
        outlook_label=outlook_label,
        refresh=REFRESH_SECONDS if job.is_open else visit.preferences.refresh,
    )


def stop(visit: Visit) -> Response:
    """Ask for the end of a job."""
    job = find(visit, visit.part("job"))
    visit.context.jobs.jobs.request_stop(job.job, str(visit.actor))
    return see_other(f"/jobs/{job.job}")


def find(visit: Visit, job: str) -> Job:
    """The job. Raises KeyError when there is none."""
    found = visit.context.jobs.jobs.find(job, visit.now)
    if found is None:
        raise KeyError(job)
    return found
