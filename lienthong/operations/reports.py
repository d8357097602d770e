"""Reports: each configured report for each period, in each configured format. A fault costs its own files alone."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import structlog

from lienthong.configuration.resolve import resolve
from lienthong.errors import Rejected
from lienthong.messages import Message, in_ledger_language, message
from lienthong.operations.proof_page import render_proof_page
from lienthong.operations.report_faults import place_of_fault, reason_of
from lienthong.operations.report_proof import render_proof
from lienthong.ports import Ledger
from lienthong.report import WHOLE, Document, Render, Report, Scope

ASKED = ("period", "unit", "tree")
"""What a person asks a report for: a fault of these lies in the question, not in the report."""

log = structlog.get_logger(__name__)

UNIT_CODE = re.compile(r"\w[\w.-]{0,63}")
"""The code of a unit; it becomes a part of the name of a file."""


class Written(NamedTuple):
    """What `write_reports` made: the paths of the files, and a sentence for each that it could not make."""

    paths: list[Path]
    faults: list[Message]

    def add(self, rendered: Iterable[tuple[Path, Message | None]]) -> None:
        """Take in what became of each file."""
        for path, fault in rendered:
            if fault is None:
                self.paths.append(path)
            else:
                self.faults.append(fault)


def write_reports(
    reports: Mapping[str, Report],
    formats: Mapping[str, str],
    *,
    periods: Iterable[str],
    folder: Path,
    ledger: Ledger | None = None,
    scope: Scope = WHOLE,
    with_parts: bool = False,
    with_proof: bool = False,
) -> Written:
    """Write `<name>-<period>.<format>` into `folder`; for one unit, `<name>-<period>-<unit>.<format>`.

    `with_parts` also writes the documents that are for one reader alone: `<name>-<period>/<unit>.<format>`.
    `with_proof` also writes `<name>-<period>.proof.json`, the proof of every figure (`report_proof`), and for people
    `<name>-<period>.proof.html` (`proof_page`), to which the document then names the way.

    `formats` gives, by file ending, the whole name of the function that renders a document; a period is YYYY-MM.
    The notes of each document name the heads of `ledger`; a file without notes, such as JSON, has the figures alone.
    Raises `Rejected` of the field `period`, `unit` or `tree` for what a report does not know. Whatever else a report or
    a renderer raises costs the files of that report or that one file. A file of an earlier run is then removed, or it
    would be taken for one of this run.
    """
    renders: dict[str, Render] = {suffix: resolve(name) for suffix, name in formats.items()}  # type: ignore[misc]  # checked by `lienthong check`
    written = Written([], [])
    for name, report in reports.items():
        for period in periods:
            files = {suffix: folder / f"{name}-{period}{scope.suffix}.{suffix}" for suffix in renders}
            parts_folder = folder / f"{name}-{period}{scope.suffix}"
            proof = folder / f"{name}-{period}{scope.suffix}.proof.json"
            page = folder / f"{name}-{period}{scope.suffix}.proof.html"
            _remove([proof, page])
            try:
                heads = dict(ledger.heads()) if ledger is not None else {}
                stands_on = heads_note(heads)
                document = report.build(period, scope=scope)
                if with_proof and document.figures:
                    document = replace(document, proof=page.name)
                if stands_on:
                    document = replace(document, notes=[*document.notes, *stands_on])
            except Exception as error:
                if isinstance(error, Rejected) and error.field in ASKED:
                    raise
                log.warning("report not built", report=name, period=period, error=type(error).__name__)
                written.faults.append(
                    message(
                        "The report {report} of {period} could not be made: {reason}",
                        report=name,
                        period=period,
                        reason=reason_of(error),
                    )
                )
                _remove(files.values())
                _remove(_files_of_parts(parts_folder, renders))
                continue
            folder.mkdir(parents=True, exist_ok=True)
            written.add(_render(document, renders, files))
            if with_proof:
                written.add(_render(document, {"": _proof_of(name, scope, heads)}, {"": proof}))
                if document.proof:
                    written.add(_render(document, {"": partial(render_proof_page, report=name)}, {"": page}))
            if with_parts:
                written.add(_write_parts(document, renders, parts_folder, stands_on))
            else:
                _remove(_files_of_parts(parts_folder, renders))
    return written


def _proof_of(name: str, scope: Scope, heads: Mapping[str, str]) -> Render:
    return partial(render_proof, report=name, scope=scope, heads=heads)


def _write_parts(
    document: Document, renders: Mapping[str, Render], folder: Path, stands_on: Sequence[str]
) -> Iterator[tuple[Path, Message | None]]:
    """Write the parts of a document, each into files of its own. Files of parts that it no longer has are removed."""
    files = [{suffix: folder / f"{_stem(part.unit)}.{suffix}" for suffix in renders} for part in document.parts]
    current = {path for paths in files for path in paths.values()}
    _remove(path for path in _files_of_parts(folder, renders) if path not in current)
    for part, paths in zip(document.parts, files, strict=True):
        folder.mkdir(exist_ok=True)
        whole = replace(part.document, notes=[*part.document.notes, *stands_on])
        yield from _render(whole, renders, paths)


def _files_of_parts(folder: Path, renders: Mapping[str, Render]) -> list[Path]:
    """The files of parts that an earlier run left."""
    return [path for suffix in renders for path in folder.glob(f"*.{suffix}")]


def _stem(unit: str) -> str:
    """The code of a unit as a part of a file name. A catalogue may hold anything as a code."""
    return unit if UNIT_CODE.fullmatch(unit) else sha256(unit.encode("utf-8", "surrogatepass")).hexdigest()


def heads_note(heads: Mapping[str, str]) -> list[str]:
    """The heads of the ledger's chains before a report is made: they prove later what it was made of."""
    if not heads:
        return []
    text = ", ".join(f"{chain} {head}" for chain, head in heads.items())
    return [in_ledger_language(message("Heads of the ledger when this report was made: {heads}.", heads=text))]


def _render(
    document: Document, renders: Mapping[str, Render], files: Mapping[str, Path]
) -> Iterator[tuple[Path, Message | None]]:
    """Write a document in each format. Yields each path, with a sentence when the document cannot be rendered."""
    for suffix, render in renders.items():
        path = files[suffix]
        try:
            content = render(document)
        except Exception as error:  # noqa: BLE001 - a library may raise anything; the text may hold personal data
            log.warning("report not rendered", file=path.name, error=type(error).__name__)
            _remove([path])
            place = place_of_fault(document, render)
            yield (
                path,
                message(
                    "{file} was not written: {place} cannot be shown in it ({error})",
                    file=path.name,
                    place=place,
                    error=type(error).__name__,
                ),
            )
        else:
            _replace(path, content)
            yield path, None


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _replace(path: Path, content: bytes) -> None:
    """Write the whole file or nothing: a run that is killed here leaves the old report, never half of a new one."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
