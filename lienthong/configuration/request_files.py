"""The request that a file of config/requests/ describes."""

import re
from collections import Counter

from lienthong.configuration.document import Document
from lienthong.configuration.faults import Fault
from lienthong.configuration.shapes.request import PATH_PATTERN, RequestFile
from lienthong.messages import message
from lienthong.settings import RequestSettings

FIELD_IN_PATH = re.compile(r"\{(\w+)\}", re.ASCII)


def make_request(name: str, file: RequestFile, document: Document) -> RequestSettings | None:
    """The request, or None when nothing can be asked under its path. Faults are added to the document's findings."""
    fault = _path_fault(file.path)
    if fault is not None:
        document.report(fault, ("path",))
        return None
    is_open = file.access == "open"
    if is_open and (file.scope or file.body == "multipart"):
        what = message("a request that is open to everybody has `{key}`", key="scope" if file.scope else "body")
        document.report(Fault("LT912", what), ("access",))
    return RequestSettings(
        name=name,
        path=file.path,
        accepts=file.accepts,
        answers=file.answers,
        within=file.within,
        scope=file.scope or "",
        method=file.method,
        type=file.type,
        description=file.description or "",
        body=file.body,
        max_bytes=file.max_bytes,
        media_types=tuple(file.media_types),
        statuses=tuple(sorted(set(file.statuses))),
        location=file.location or "",
        problems=file.problems,
        is_open=is_open,
    )


def _path_fault(path: str) -> Fault | None:
    if not re.fullmatch(PATH_PATTERN, path):
        advice = message("write a path such as {example}", example="/v1/counter-checks/{check_id}")
        return Fault("LT901", message("`path` is no path of a request"), advice)
    twice = [field for field, count in Counter(FIELD_IN_PATH.findall(path)).items() if count > 1]
    if twice:
        what = message("`{field}` stands twice in the path", field=f"{{{twice[0]}}}")
        return Fault("LT901", what, message("name each field once"))
    return None
