"""Judging signatures in the pool, beside bare pyHanko in as many processes, in one run. Prints JSON.

    python -m tests.bench.signatures [JUDGEMENTS]

- `file`: a PDF of 2 MB with one signature, judged by the pool from as many threads as it has processes: the time of a
  judgement, and judgements a second.
- `beside`: pyHanko's `validate_pdf_signature` with the same certificates and CRLs, in the same number of processes that
  get the file once. It states only what pyHanko itself finds; the pool also gets each file through a socket.

Both sides take turns in short rounds, and the best round of each counts, since other work of the machine disturbs.
"""

import asyncio
import io
import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from typing import Any

from lienthong.signatures.pool import Pool
from lienthong.signatures.trust import Trust, load_trust
from tests.signatures.pdf import document
from tests.signatures.pki import NOW, pki
from tests.signatures.signing import signed

PROCESSES, JUDGEMENTS, ROUNDS = 2, 300, 3
BYTES = 2_000_000
GOAL_MILLISECONDS, GOAL_SHARE = 300.0, 0.8

_bare: dict[str, Any] = {}


def load_bare(content: bytes, root: bytes, authority: bytes, lists: list[bytes]) -> None:
    """Prepare a process of the other side."""
    from asn1crypto import crl, x509

    logging.disable(logging.CRITICAL)
    _bare.update(
        content=content,
        root=x509.Certificate.load(root),
        authority=x509.Certificate.load(authority),
        lists=[crl.CertificateList.load(each) for each in lists],
    )


def validate_bare(_: int) -> bool:
    """One validation by pyHanko alone."""
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    context = ValidationContext(
        trust_roots=[_bare["root"]],
        other_certs=[_bare["authority"]],
        crls=_bare["lists"],
        allow_fetching=False,
        revocation_mode="require",
        moment=NOW,
    )
    signature = PdfFileReader(io.BytesIO(_bare["content"]), strict=False).embedded_signatures[0]
    status = asyncio.run(async_validate_pdf_signature(signature, context))
    return bool(status.bottom_line)


def judge_one(pool: Pool, trust: Trust, content: bytes, _: int) -> float:
    """The seconds of one judgement."""
    begin = time.perf_counter()
    verdict = pool.judge(content, trust=trust, profile=None, at=NOW)
    assert verdict.indication == "TOTAL-PASSED"
    return time.perf_counter() - begin


def rate(run: Callable[[int], list[Any]], count: int) -> tuple[float, list[Any]]:
    """Pieces of work a second, and their results."""
    begin = time.perf_counter()
    results = run(count)
    return count / (time.perf_counter() - begin), results


def measure(judgements: int) -> dict[str, Any]:
    infrastructure, content = pki(), signed(pdf=document(padding=BYTES)).content
    used = [infrastructure.lists[name] for name in ("g2", "state")]  # what the judge verifies, and no others
    bare = partial(load_bare, content, infrastructure.roots["g2"].der, infrastructure.authorities["state"].der, used)
    count = max(judgements // ROUNDS, PROCESSES)
    rates, bare_rates, seconds = [], [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        Pool(PROCESSES) as pool,
        ThreadPoolExecutor(PROCESSES) as threads,
        ProcessPoolExecutor(PROCESSES, get_context("spawn"), bare) as processes,
    ):
        trust = load_trust(infrastructure.write_trust(Path(folder)))
        one = partial(judge_one, pool, trust, content)
        list(threads.map(one, range(2 * PROCESSES)))  # both sides are warm
        assert all(processes.map(validate_bare, range(2 * PROCESSES)))
        for _ in range(ROUNDS):
            found, times = rate(lambda number: list(threads.map(one, range(number))), count)
            rates.append(found)
            seconds += times
            found, passed = rate(lambda number: list(processes.map(validate_bare, range(number))), count)
            bare_rates.append(found)
            assert all(passed)
    milliseconds = [1000 * each for each in seconds]
    p95 = quantiles(milliseconds, n=20)[-1]
    share = max(rates) / max(bare_rates)
    return {
        "file": {"bytes": len(content), "p50_ms": round(quantiles(milliseconds, n=2)[0], 1), "p95_ms": round(p95, 1)},
        "judgements_per_second": round(max(rates), 1),
        "beside": {"validations_per_second": round(max(bare_rates), 1), "share": round(share, 2)},
        "goals": {"p95": p95 < GOAL_MILLISECONDS, "share": share >= GOAL_SHARE},
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if sys.argv[1:] else JUDGEMENTS), indent=1))
