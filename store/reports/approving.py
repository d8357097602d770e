"""Approving an edition: a person does it, and where two persons are asked for, another one completes it."""

from datetime import datetime

from sqlalchemy import Connection

from lienthong import Person, Rejected, ReportAct
from store.reports import rows


def approve(
    connection: Connection,
    row: rows.EditionRow,
    person: Person,
    *,
    persons: int,
    why: str,
    number: str,
    now: datetime,
) -> ReportAct:
    """Approve a draft. With `persons` 2, who drafted it by hand or approved it is the first, and another the second.

    The act is recorded in any case; the edition is `approved` once enough persons agree. Raises `Rejected`.
    """
    name = row.edition_id
    if row.state != "drafted" or row.digest is None:
        raise Rejected(f"{name} ở trạng thái {row.state}; chỉ duyệt được bản dự thảo", field="state")
    of_draft = [one for one in rows.acts_of(connection, name) if one.digest == row.digest]
    approved = [one.who for one in of_draft if one.kind == rows.APPROVED]
    agreed = [one.who for one in of_draft if one.who and (one.kind == rows.APPROVED or persons > 1)]
    if persons > 1 and agreed and all(person.may_be(one) for one in agreed):
        raise Rejected(f"{agreed[0]} đã lập hoặc duyệt bản dự thảo này; cần một người khác duyệt", field="person")
    if any(person.may_be(one) for one in approved):
        raise Rejected("người này đã duyệt bản dự thảo này", field="person")
    rows.add_act(
        connection, name, {"kind": rows.APPROVED, "who": str(person), "at": now, "why": why, "digest": row.digest}
    )
    complete = persons == 1 or any(not person.may_be(one) for one in agreed)
    values = {"number": number or row.number}
    if complete:
        values |= {"state": "approved", "approved_at": rows.moment(now) or ""}
    if not rows.write(connection, name, values, was=row):
        raise Rejected("lần phát hành này vừa được lập lại hoặc duyệt; xem lại rồi làm tiếp", field="state")
    return ReportAct(rows.APPROVED, name, {"digest": row.digest, "complete": complete, "number": values["number"]})
