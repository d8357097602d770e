"""The part of the doctor's examination that concerns signatures: roots, authorities, CRLs with their ages, the pool."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from lienthong.envelope import LOCAL_ZONE
from lienthong.messages import Message, format_number, message, message_n, reader_language
from lienthong.operations.health_items import HealthItem, Installation

if TYPE_CHECKING:
    from lienthong.settings import PartSettings
    from lienthong.signatures.trust import Trust

LOOKUP = "lienthong.connectors.lookups.signatures.Signatures"
FOR_TRYING = "FOR-TRYING.txt"
"""A file that marks a trust folder whose roots are invented."""

_SHOWN = 5
"""Authorities that are named one by one."""

_SOON = timedelta(days=90)


def examine_signatures(installation: Installation) -> Iterator[HealthItem]:
    """What judges signatures, where a lookup of the project does: its trust folder, and its processes."""
    lookups = [each for each in installation.loaded.settings.lookups.values() if each.use == LOOKUP]
    for folder in dict.fromkeys(_folder(lookup, installation) for lookup in lookups):
        if folder.is_dir():
            yield from examine_trust(folder, datetime.now(UTC))
        else:
            found = message("there is no trust folder {folder}, so no signature is judged", folder=folder)
            advice = message(
                "name it by LIENTHONG_TRUST, or make config/trust, as docs/signatures.md describes; until then uploads "
                "that are judged are answered with 503"
            )
            yield HealthItem(message("Signatures"), "warn", found, advice)


def _folder(lookup: "PartSettings", installation: Installation) -> Path:
    return installation.folder / str(lookup.parameters.get("trust", ""))


def examine_trust(folder: Path, now: datetime) -> Iterator[HealthItem]:
    """A trust folder at a moment, and whether a process can judge by it. Raises `Misconfigured` for one not sound."""
    from lienthong.signatures.trust import load_trust

    trust = load_trust(folder)
    if (folder / FOR_TRYING).is_file():
        found = message(
            "{folder} is a trust folder for trying ({file}): its roots are invented", folder=folder, file=FOR_TRYING
        )
        advice = message("name the folder with the authority's own roots by LIENTHONG_TRUST before documents are real")
        yield HealthItem(message("Signatures"), "warn", found, advice)
    yield _certificates(trust, folder, now)
    yield from _left_out(trust)
    yield from _lists(trust, now)
    yield _pool(trust, now)


def _certificates(trust: "Trust", folder: Path, now: datetime) -> HealthItem:
    from lienthong.signatures.trust_ages import chained

    authorities = chained(trust)
    found = message(
        "{folder}: {roots}, {authorities}, {lists}",
        folder=folder,
        roots=message_n("{count} root", "{count} roots", count=len(trust.roots)),
        authorities=message_n("{count} authority beneath", "{count} authorities beneath", count=len(authorities)),
        lists=message_n("{count} CRL", "{count} CRLs", count=len(trust.crls)),
    )
    ending = [each for each in (*trust.roots.values(), *authorities) if each.not_after < now + _SOON]
    if not authorities:
        advice = message(
            "put the certificates of the issuing authorities into intermediates/; signed files seldom carry them"
        )
        return HealthItem(message("Signatures"), "warn", found, advice)
    if ending:
        names = ", ".join(
            f"{each.subject} ({each.not_after.astimezone(LOCAL_ZONE):%d/%m/%Y})" for each in ending[:_SHOWN]
        )
        advice = message("get the successors of the certificates that end soon or have ended: {names}", names=names)
        return HealthItem(message("Signatures"), "warn", found, advice)
    return HealthItem(message("Signatures"), "ok", found)


def _left_out(trust: "Trust") -> Iterator[HealthItem]:
    names = [*trust.unreadable, *trust.unpinned]
    if names:
        what = message_n(
            "{count} file of the trust folder counts for nothing: {names}",
            "{count} files of the trust folder count for nothing: {names}",
            count=len(names),
            names=", ".join(names[:_SHOWN]),
        )
        advice = message("pin the roots that are meant in policy.yaml, and take out what is no certificate and no CRL")
        yield HealthItem(message("Signatures"), "warn", what, advice)


def _lists(trust: "Trust", now: datetime) -> Iterator[HealthItem]:
    from lienthong.signatures.trust_ages import ListAge, list_ages

    def as_item(age: ListAge) -> Message | str:
        if age.issued is None:
            return message("{authority} (none)", authority=age.authority)
        return message("{authority} ({age})", authority=age.authority, age=_age(now - age.issued))

    ages = list_ages(trust, now)
    stale = [age for age in ages if not age.is_fresh]
    topic = message("Revocation lists")
    if not stale:
        oldest = "; ".join(as_item(age) for age in ages[:1])
        found = message_n(
            "{count} authority has a fresh CRL; the oldest: {oldest}",
            "{count} authorities have fresh CRLs; the oldest: {oldest}",
            count=len(ages),
            oldest=oldest,
        )
        yield HealthItem(topic, "ok", found)
        return
    what = message_n(
        "{count} of {all} authorities has no fresh CRL: {names}",
        "{count} of {all} authorities have no fresh CRL: {names}",
        count=len(stale),
        all=len(ages),
        names="; ".join([*(as_item(age) for age in stale[:_SHOWN]), *(["…"] if len(stale) > _SHOWN else [])]),
    )
    advice = message(
        "get the current lists from these authorities and put them into crls/; until then their signatures stay "
        "undecided"
    )
    yield HealthItem(topic, "warn", what, advice)


def _age(age: timedelta) -> Message:
    if age < timedelta(days=2):
        return message_n("{count} hour old", "{count} hours old", count=int(age.total_seconds() // 3600))
    return message_n("{count} day old", "{count} days old", count=age.days)


def _pool(trust: "Trust", now: datetime) -> HealthItem:
    from lienthong.signatures.pool import Pool, PoolInterrupted, depends_on_limits

    begin = time.monotonic()
    try:
        with Pool(1) as pool:
            verdict = pool.judge(b"", trust=trust, profile=None, at=now)
    except PoolInterrupted as interrupted:
        advice = message("see whether this machine has memory and processor time to spare")
        return HealthItem(message("Judging of signatures"), "fail", str(interrupted), advice)
    seconds = format_number(time.monotonic() - begin, decimals=1)
    if depends_on_limits(verdict):
        what = "; ".join(reason.text(reader_language()) for reason in verdict.reasons)
        advice = message("see whether this machine has 800 MiB of memory for a process that judges")
        return HealthItem(message("Judging of signatures"), "fail", what, advice)
    found = message("a process started and judged after {seconds} s", seconds=seconds)
    return HealthItem(message("Judging of signatures"), "ok", found)
