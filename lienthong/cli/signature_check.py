"""`lienthong signature check`: the verdict over a file, as JSON or in words."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from lienthong.cli import context
from lienthong.cli.output import print_json, print_text
from lienthong.data.harmless import harmless
from lienthong.data.local_time import SECOND, local_time
from lienthong.errors import Misconfigured, Transient, WrongUse
from lienthong.messages import message, reader_language
from lienthong.operations.moments import parse_since
from lienthong.runtime.project import find_project
from lienthong.signatures.verdict import DocumentVerdict, Indication, SignatureVerdict

VARIABLE = "LIENTHONG_TRUST"
FOLDER = Path("config") / "trust"
"""Where the trust folder lies in a project."""

_STYLES = {Indication.TOTAL_PASSED: "green", Indication.INDETERMINATE: "yellow", Indication.TOTAL_FAILED: "red"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the file, as it was written."""

    profile: str
    at: str
    known_since: str


def show_verdict(console: Console, file: Path, trust: Path | None, *, asked: Asked, as_json: bool) -> int:
    """Judge the file and show the verdict. The exit code is 0 when it passed, 1 otherwise."""
    if not file.is_file():
        raise WrongUse(message("{file} is no file; name the file to judge.", file=file))
    now = datetime.now(UTC)
    verdict = _judge(file, _trust_folder(trust), asked, now)
    if as_json:
        print_json(verdict.as_json())
    else:
        for text, style in _lines(verdict):
            print_text(console, text, style)
    return context.OK if verdict.indication is Indication.TOTAL_PASSED else context.FAULT


def _judge(file: Path, folder: Path, asked: Asked, now: datetime) -> DocumentVerdict:
    """The verdict, by a process of its own: a hostile file costs no more. Raises `Transient` when there is none.

    A trust folder that is wrong is wrong use of this command: nothing is wrong with the file.
    """
    from lienthong.signatures.pool import Pool, PoolInterrupted
    from lienthong.signatures.trust import UnknownProfile, load_trust

    profile, at = asked.profile or None, parse_since(asked.at, now) or now
    known_since = parse_since(asked.known_since, now)
    with Pool(1) as pool:
        pool.start()  # while it gets ready, the folder is read
        try:
            trust = load_trust(folder)
            with file.open("rb") as opened:
                content = opened.read(pool.limits.max_bytes + 1)
                if len(content) > pool.limits.max_bytes:
                    del content
                    opened.seek(0)
                    digest = f"sha256:{hashlib.file_digest(opened, 'sha256').hexdigest()}"
                    return pool.refuse_size(digest, trust=trust, profile=profile, at=at)
            return pool.judge(content, trust=trust, profile=profile, at=at, known_since=known_since)
        except PoolInterrupted as interrupted:
            raise Transient(str(interrupted)) from None
        except UnknownProfile as unknown:
            names = ", ".join(unknown.names)
            raise WrongUse(
                message("No such profile: {name}; write one of: {names}.", name=profile, names=names)
            ) from None
        except Misconfigured as error:
            for finding in error.findings:
                typer.echo(harmless(str(finding)), err=True)
            raise WrongUse(message("The trust folder is not sound; no file was judged.")) from None


def _trust_folder(named: Path | None) -> Path:
    folder = named or (Path(os.environ[VARIABLE]) if os.environ.get(VARIABLE) else find_project(None) / FOLDER)
    if not folder.is_dir():
        raise WrongUse(
            message(
                "{folder} is no folder; name the trust folder with `--trust` or {variable}.",
                folder=folder,
                variable=VARIABLE,
            )
        )
    return folder


def _lines(verdict: DocumentVerdict) -> Iterator[tuple[str, str]]:
    """The verdict for people: the whole first, then each signature."""
    language = reader_language()
    sub = f" ({verdict.sub_indication})" if verdict.sub_indication else ""
    yield f"{verdict.indication}{sub}", _STYLES[verdict.indication]
    for given in verdict.reasons:
        yield given.text(language), ""
    if verdict.recheck_after is not None:
        yield message("Judge again after {time}.", time=local_time(verdict.recheck_after)), ""
    for number, signature in enumerate(verdict.signatures, 1):
        yield from _signature_lines(number, signature)


def _signature_lines(number: int, verdict: SignatureVerdict) -> Iterator[tuple[str, str]]:
    sub = f" ({verdict.sub_indication})" if verdict.sub_indication else ""
    kind = message("document time stamp") if verdict.type == "document-time-stamp" else message("signature")
    yield f"{number}. {kind} {verdict.field}: {verdict.indication}{sub}", _STYLES[verdict.indication]
    if verdict.signed_by:
        yield message("   signed by {name}, certified by {issuer}", name=verdict.signed_by, issuer=verdict.issuer), ""
    if verdict.claimed_time:
        yield message("   stated time {time}", time=local_time(verdict.claimed_time, SECOND)), ""
    if verdict.best_signature_time_source == "time-stamp" and verdict.best_signature_time:
        yield message("   proved time {time}", time=local_time(verdict.best_signature_time, SECOND)), ""
    for given in verdict.reasons:
        yield f"   {given.text(reader_language())}", ""
