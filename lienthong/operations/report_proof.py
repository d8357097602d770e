"""The proof of a whole report as a file: the formula of each figure, and how many events it counts, by their digest."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from lienthong.operations.proof import digest, value_at
from lienthong.report import Document, Scope


def render_proof(document: Document, *, report: str, scope: Scope, heads: Mapping[str, str]) -> bytes:
    """UTF-8 JSON with the keys of `docs/reports.md`. The same figures of the same ledger give the same bytes.

    `heads`: those of the ledger's chains before the report was made. A digest is that of `operations.proof.digest`.
    """
    found = {
        "report": report,
        "period": document.period,
        "unit": scope.unit,
        "tree": scope.tree,
        "ledger_heads": dict(heads),
        "figures": {
            path: {
                "value": value_at(document.payload, path),
                "formula": figure.formula,
                "numerator": _side(figure.numerator),
                "denominator": None if figure.denominator is None else _side(figure.denominator),
            }
            for path, figure in document.figures.items()
        },
    }
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS, default=str) + b"\n"


def _side(events: Sequence[str]) -> dict[str, Any]:
    return {"count": len(events), "digest": digest(events)}
