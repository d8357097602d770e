"""What keeps a case from stating one example: keys that belong to an event, and keys that belong to a question."""

from lienthong.configuration.faults import Fault
from lienthong.configuration.shapes.cases import CaseFile
from lienthong.messages import message

_OF_QUESTIONS = ("at", "client", "answered")


def case_fault(case: CaseFile) -> Fault | None:
    """The fault of a case; None when it states what is given or asked, and what becomes of it."""
    if (case.given is None) == (case.asked is None):
        what = message("a case has `given` or `asked`, and this one has {count}", count=0 if case.given is None else 2)
        return Fault("LT212", what, message("write `given` for an event, `asked` for a question"))
    if case.asked is None:
        return _event_fault(case)
    if case.answered is None and case.expect is None:
        what = message("the key {name} is missing", name=message("`{key}`", key="answered"))
        return Fault("LT202", what, message("write `answered` with keys of the answer, or `expect` with the verdict"))
    if case.answered is not None and case.expect is not None and case.expect.verdict != "done":
        what = message("a question that is answered is `done`, not `{verdict}`", verdict=case.expect.verdict)
        return Fault("LT205", what, message("leave one of them out"), ("expect", "verdict"))
    return None


def _event_fault(case: CaseFile) -> Fault | None:
    for key in _OF_QUESTIONS:
        if getattr(case, key) is not None:
            what = message("`{key}` belongs to `asked`, not to `given`", key=key)
            return Fault("LT212", what, message("leave it out"), (key,), of_key=True)
    if case.expect is None:
        what = message("the key {name} is missing", name=message("`{key}`", key="expect"))
        return Fault("LT202", what, message("add `{key}: ...`", key="expect"))
    if case.expect.verdict == "refused":
        what = message("an event is never `refused`: the caller of a question is")
        return Fault("LT205", what, message("write dead, or ask with `asked`"), ("expect", "verdict"))
    return None
