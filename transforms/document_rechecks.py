"""The steps of judging a document again. The earlier verdict stays; the later one counts."""

from collections.abc import Sequence

from lienthong import Envelope, Found, Rejected, Table, format_instant
from transforms.document_entries import with_entry
from transforms.document_types import demand, missing_roles


def body(envelope: Envelope) -> Sequence[str]:
    """What is to be judged: `digest|profile|moment|known`, at the moment at which it was found to be due.

    The store has had the file since it was added: a certificate that has expired since then, or was revoked, was good.
    """
    data = envelope.data
    known = f"|{data['added_at']}" if data.get("added_at") else ""
    return (f"{data['digest']}|{data['profile']}|{format_instant(envelope.received_at)}{known}",)


def describe(envelope: Envelope, *, types: Table) -> Envelope:
    """Take on what the type of the document demands. Raises `Rejected` for a record that names no version."""
    data = envelope.data
    for name in ("document_id", "version", "digest", "kind"):
        if not data.get(name):
            raise Rejected("thiếu giá trị cần để kiểm tra lại chữ ký", field=name)
    rule = demand(types, data.get("result_code"), data.get("document_type"), data["kind"])
    return envelope.with_data(envelope.type, {**data, "profile": rule.profile, "roles": list(rule.roles)})


def judge(envelope: Envelope, found: Found, *, agencies: Table) -> Envelope | None:
    """Prepare the entry of the verdict; None for a body that is not there. `found` has the verdict by key, as JSON."""
    verdict = found.get(body(envelope)[0])
    if verdict is None:
        return None
    data = envelope.data
    missing = missing_roles(verdict, data["roles"], agencies)
    accepted = not data["roles"] or (verdict["indication"] == "TOTAL-PASSED" and not missing)
    names = ("document_id", "version")
    # The agency may say meanwhile that the document is of another kind, which asks for other signatures.
    demanded = {name: data.get(name) for name in ("document_type", "result_code", "kind")}
    return with_entry(
        envelope,
        "judge",
        **{name: data[name] for name in names},
        demand=demanded,
        verdict=verdict,
        accepted=accepted,
    )
