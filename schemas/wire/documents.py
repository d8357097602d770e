"""`document.recheck`: a version of a document whose signatures are to be judged again. It names no person."""

from schemas.shapes import WireShape


class Recheck(WireShape):
    """See `store.documents.rechecks`. `recheck_after`, `judged_at` are of that verdict, `trust` of the folder now."""

    document_id: str | None = None
    version: int | None = None
    digest: str | None = None
    media_type: str | None = None
    document_type: str | None = None
    result_code: str | None = None
    kind: str | None = None
    recheck_after: str | None = None
    judged_at: str | None = None
    added_at: str | None = None
    trust: str | None = None
