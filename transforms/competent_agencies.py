"""The agency that is competent for a question or a petition, by a table of procedures, fields and agencies.

QĐ 27/2020/QĐ-UBND: questions and petitions are passed to the competent agency.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lienthong import clean_text
from transforms.text import table_key

ADDRESSEE = "nơi nhận"
"""The value of a row that leaves it with the agency that was addressed."""

REST = "còn lại"
"""The key of the row for what no other row names."""

_PROVINCE = re.compile(r"[A-Z]\d{2}", re.ASCII)
_NO_LEVEL = re.compile(r"0+")


class Competent(NamedTuple):
    """The agency, None when there is none, and by what it was found."""

    agency: str | None
    routed_by: str | None


def competent_agency(
    rows: Mapping[str, str], *, procedure: str | None, field: str | None, addressed_to: str | None
) -> Competent:
    """The competent agency.

    The keys of `rows` are `thủ tục P`, `lĩnh vực F`, `cơ quan A`, or one of the first two with the third:
    `lĩnh vực F, cơ quan A`. A procedure counts before a field, and a field before an agency; what is more exact counts
    before what is less. A field is also found by its part before the hyphen (`G15` for `G15-HT02`), an agency by those
    above it and in both forms of its code. Without a row, the agency that was addressed is competent.
    """
    for key, routed_by in _keys(procedure, field, addressed_to):
        found = rows.get(table_key(key))
        if found is not None:
            agency = addressed_to if table_key(found) == ADDRESSEE else found
            return Competent(agency, routed_by if agency else None)
    return Competent(addressed_to, "addressee" if addressed_to else None)


def _keys(procedure: str | None, field: str | None, addressed_to: str | None) -> Iterator[tuple[str, str]]:
    agencies = [f"cơ quan {form}" for form in agency_forms(addressed_to or "")]
    subjects = [(f"thủ tục {procedure}", "procedure")] if procedure else []
    if field:
        subjects += [(f"lĩnh vực {one}", "field") for one in dict.fromkeys([field, field.partition("-")[0]])]
    for subject, routed_by in subjects:
        yield from ((f"{subject}, {agency}", routed_by) for agency in agencies)
        yield subject, routed_by
    yield from ((agency, "agency") for agency in agencies)
    yield REST, "rest"


def agency_forms(code: str) -> list[str]:
    """An agency and those above it, itself first, each as `H08.33.03` (QĐ 20/2020/QĐ-TTg) and as `000.03.33.H08`.

    A code of another form stands for itself alone (QCVN 102:2016/BTTTT has the highest level last).
    """
    code = clean_text(code).upper()
    groups = code.split(".")
    if not _PROVINCE.fullmatch(groups[0]):
        groups.reverse()
    if not _PROVINCE.fullmatch(groups[0]):
        return [code] if code else []
    levels = [groups[0], *(group for group in groups[1:] if not _NO_LEVEL.fullmatch(group))]
    forms = [code]
    for length in range(len(levels), 0, -1):
        part = levels[:length]
        padding = ["000", "00", "00"][: max(0, 4 - length)]
        forms += [".".join(part), ".".join([*padding, *reversed(part)])]
    return list(dict.fromkeys(forms))
