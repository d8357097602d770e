"""Which agencies a client speaks for (table `agency-clients`)."""

from collections.abc import Mapping
from typing import Any

from lienthong import NotAccepted, Table, fold
from transforms.agency_codes import with_superiors

NOT_THE_AGENCY = "not-the-issuing-agency"
"""The code of the refusal; see `problems` in the files of the requests."""


def require_agency(data: Mapping[str, Any], agency: str | None, clients: Table) -> None:
    """Raise `NotAccepted` unless the client of a question speaks for `agency`, or for one above it."""
    row = clients.get(fold(str(data.get("client") or "")), "")
    codes = {code.strip().upper() for code in row.split(",") if code.strip()}
    if not agency or not codes.intersection(with_superiors(agency)):
        why = "hệ thống này không thay mặt cơ quan cấp giấy tờ; quản trị viên khai báo trong bảng agency-clients"
        raise NotAccepted(NOT_THE_AGENCY, why)
