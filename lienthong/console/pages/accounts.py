"""The balance, and the ledger that proves it."""

from starlette.responses import Response

from lienthong.console import job_kinds
from lienthong.console.pages import jobs
from lienthong.console.rendering import render
from lienthong.console.visit import Visit
from lienthong.operations.balance import balance_total, current_balance

DAYS = 62
"""Days of one source that are shown, the latest ones."""


def show_balance(visit: Visit) -> Response:
    """Where every received event is now: by source and stage, and the days of one source."""
    balance, source = current_balance(visit.storage.ledger), visit.query("source")
    if source and source not in balance.sources:
        raise KeyError(source)
    days = sorted(((day, account) for (name, day), account in balance.days.items() if name == source), reverse=True)
    return render(
        visit,
        "balance.html",
        balance=balance,
        total=balance_total(balance),
        source=source,
        days=days[:DAYS],
        left_out=max(0, len(days) - DAYS),
    )


def show_ledger(visit: Visit) -> Response:
    """The heads of the chains, and when they were last verified."""
    ledger = visit.storage.ledger
    latest = visit.context.jobs.jobs.latest(200, visit.now)
    verifications = [job for job in latest if job.kind == job_kinds.VERIFY][:10]
    return render(
        visit,
        "ledger.html",
        heads=ledger.heads(),
        verified=ledger.verified(),
        verifications=verifications,
        states=jobs.STATES,
    )


def verify(visit: Visit) -> Response:
    """Begin to verify: what was written since the last time, or everything."""
    order = {"everything": visit.form.get("everything") == "yes"}
    return jobs.begin(visit, job_kinds.VERIFY, order, job_kinds.verification(visit.context, order))
