"""Judging one file in a process of its own: a hostile file costs that process, and its verdict states so.

`judge_apart` starts `python -m lienthong.signatures.apart`, which sets limits on its own memory and time, reads the
trust folder and the file, and writes JSON lines: first what it judges by, then the verdict.
"""

import hashlib
import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lienthong.errors import Finding, Misconfigured, WrongUse
from lienthong.messages import message
from lienthong.signatures.limits import Limits
from lienthong.signatures.verdict import DocumentVerdict, Indication, SubIndication, reason


@dataclass(frozen=True, slots=True)
class Question:
    """What is judged: a file by the trust folder, profile (None for its default) and moment."""

    file: Path
    trust: Path
    profile: str | None
    at: datetime


def judge_apart(question: Question, limits: Limits) -> DocumentVerdict:
    """The verdict over a file. Raises `Misconfigured` for the trust folder, `WrongUse` for an unknown profile."""
    with question.file.open("rb") as file:  # also the check that it can be read
        digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    arguments = [str(question.file), str(question.trust), question.profile or "", question.at.isoformat()]
    command = [sys.executable, "-P", "-m", "lienthong.signatures.apart", *arguments]
    broken = "process"
    try:
        ended = subprocess.run(command, capture_output=True, check=False, timeout=limits.wall_seconds)  # noqa: S603 - our own module
        output = ended.stdout
    except subprocess.TimeoutExpired as late:
        output, broken = late.stdout or b"", "wall_seconds"
    answers = [json.loads(line) for line in output.splitlines(keepends=True) if line.endswith(b"\n")]
    known: dict[str, Any] = {key: value for answer in answers for key, value in answer.items()}
    if "findings" in known:
        raise Misconfigured([Finding(**finding) for finding in known["findings"]])
    if "profiles" in known:
        names = ", ".join(known["profiles"])
        raise WrongUse(message("No such profile: {name}; write one of: {names}.", name=question.profile, names=names))
    if "verdict" in known:
        return DocumentVerdict.from_json(known["verdict"])
    return _broken(question, digest, known, broken, limits)


def _broken(question: Question, digest: str, known: Mapping[str, Any], broken: str, limits: Limits) -> DocumentVerdict:
    """The verdict over a file that cost its process: nothing is known of it, so it does not pass."""
    limit = limits.wall_seconds if broken == "wall_seconds" else f"{limits.memory_bytes >> 20} MiB"
    return DocumentVerdict(
        indication=Indication.TOTAL_FAILED,
        sub_indication=SubIndication.FORMAT_FAILURE,
        reasons=(reason("beyond-limit", name=broken, limit=limit),),
        signatures=(),
        policy=known.get("policy", ""),
        profile=known.get("profile", question.profile or ""),
        checked_at=question.at.astimezone(UTC),
        digest=digest,
        media_type="application/octet-stream",
    )


def main(arguments: Sequence[str]) -> None:
    """The process that judges."""
    file, folder, profile, at = arguments
    limits = Limits()
    _limit(limits)
    logging.disable(logging.CRITICAL)  # what a parser notices in a hostile file is in its verdict
    from lienthong.signatures.judge import judge
    from lienthong.signatures.trust import UnknownProfile, load_trust

    try:
        trust = load_trust(Path(folder))
        _write({"policy": trust.digest, "profile": trust.profile(profile or None)})
        with Path(file).open("rb") as opened:
            content = opened.read(limits.max_bytes + 1)
        verdict = judge(content, trust=trust, profile=profile or None, at=datetime.fromisoformat(at), limits=limits)
        _write({"verdict": verdict.as_json()})
    except Misconfigured as error:
        names = ("file", "line", "column", "code", "what", "advice")
        _write({"findings": [{name: getattr(finding, name) for name in names} for finding in error.findings]})
    except UnknownProfile as error:
        _write({"profiles": list(error.names)})


def _limit(limits: Limits) -> None:
    """Limits that the system enforces on this process: address space, processor time, no file written."""
    try:
        import resource
    except ImportError:  # no such thing on Windows: the time limit of the parent remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(answer: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
