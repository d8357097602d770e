"""Results of closed dossiers on their way into the store of documents: their addresses, then their fetched files."""

from schemas.shapes import Identity, WireShape


class ListedResult(WireShape):
    """A result with the address of its file (DuongDanTepTinKetQua)."""

    kind: str | None = None
    result_code: str | None = None
    document_type: str | None = None
    url: str | None = None
    paper: str | None = None


class DossierResults(WireShape):
    """`dossier-results.v1`: the results of one closed dossier."""

    dossier: str | None = None
    agency: str | None = None
    citizen_id: Identity = None
    results: list[ListedResult] | None = None


class FetchedResult(WireShape):
    """`dossier.result`: one of them, whose body is among the files of the bus."""

    dossier: str | None = None
    agency: str | None = None
    citizen_id: Identity = None
    kind: str | None = None
    paper: str | None = None
    result_code: str | None = None
    document_type: str | None = None
