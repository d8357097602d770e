"""Codes of agencies (mã định danh cơ quan): the agency that a dossier's code begins with, and those above an agency."""

import re

from lienthong import clean_text

_PROVINCE = re.compile(r"[A-Z]\d{2}", re.ASCII)
_GROUP = re.compile(r"[0-9A-Z]{1,8}", re.ASCII)


def receiving_agencies(dossier: str) -> tuple[str, ...]:
    """The agency that received a dossier and those above it, itself first, by the dossier's code.

    The code of a dossier begins with that of the agency (TT 01/2018/TT-VPCP, Điều 19): `000.03.33.H08-240318-00729`.
    """
    return with_superiors(clean_text(dossier).partition("-")[0])


def with_superiors(code: str) -> tuple[str, ...]:
    """An agency and those above it, itself first, by its code alone; a code of another form has none above it.

    - QCVN 102:2016/BTTTT has the highest level last, and zeros where there is no level: `000.03.33.H08`,
      `000.00.33.H08`, `000.00.00.H08`.
    - QĐ 20/2020/QĐ-TTg has it first: `H08.33.03`, `H08.33`, `H08`.
    """
    code = clean_text(code).upper()
    groups = code.split(".")
    if not all(map(_GROUP.fullmatch, groups)):
        return (code,) if code else ()
    if _PROVINCE.fullmatch(groups[0]):
        return tuple(".".join(groups[:length]) for length in range(len(groups), 0, -1))
    if not _PROVINCE.fullmatch(groups[-1]):
        return (code,)
    found = dict.fromkeys([code])
    for level in range(len(groups) - 1):
        groups[level] = "0" * len(groups[level])
        found.setdefault(".".join(groups))
    return tuple(found)
