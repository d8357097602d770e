"""A file that was here before: its signatures are no younger, whatever became of their certificates since then."""

from datetime import datetime, timedelta

import pytest

from lienthong.signatures.judge import judge
from lienthong.signatures.limits import Limits
from lienthong.signatures.trust import Trust
from lienthong.signatures.verdict import DocumentVerdict
from tests.signatures.authorities import moment
from tests.signatures.pdf import Slot, add_signature
from tests.signatures.pki import NOW
from tests.signatures.signing import by, signed, stamped


def judged(trust: Trust, content: bytes, known_since: datetime | None, at: datetime = NOW) -> DocumentVerdict:
    return judge(content, trust=trust, profile=None, at=at, limits=Limits(), known_since=known_since)


@pytest.mark.parametrize(
    ("signer", "known_since", "sub", "code"),
    [
        ("revoked", "2026-03-09T23:00", None, "good-when-kept"),
        ("revoked", "2026-03-10T01:00", "REVOKED_NO_POE", "revoked"),
        ("revoked", None, "REVOKED_NO_POE", "revoked"),
        ("expired", "2024-05-15T00:00", None, "good-when-kept"),
        ("expired", "2024-06-02T00:00", "OUT_OF_BOUNDS_NO_POE", "expired"),
        ("future", "2026-11-01T00:00", "NOT_YET_VALID", "kept-before-certificate"),
        ("agency", "2026-11-01T00:00", None, None),
    ],
)
def test_what_became_of_a_certificate_later_does_not_count(
    signer: str, known_since: str | None, sub: str | None, code: str | None, trust: Trust
) -> None:
    verdict = judged(trust, signed(signer).content, moment(known_since) if known_since else None)
    assert verdict.sub_indication == sub
    assert [each.code for each in verdict.reasons][:1] == ([code] if code else [])
    (signature,) = verdict.signatures
    if known_since:
        assert (signature.best_signature_time, signature.best_signature_time_source) == (
            moment(known_since),
            "known-since",
        )


def test_the_earlier_of_a_stamp_and_of_what_is_known_counts(trust: Trust) -> None:
    content = signed("revoked", stamp=stamped("2026-03-01T00:00")).content
    for known_since, source in (("2026-02-01T00:00", "known-since"), ("2026-03-05T00:00", "time-stamp")):
        (signature,) = judged(trust, content, moment(known_since)).signatures
        assert (signature.indication, signature.best_signature_time_source) == ("TOTAL-PASSED", source)


def test_what_is_known_since_later_than_the_judgement_proves_nothing(trust: Trust) -> None:
    content = signed("agency").content
    assert judged(trust, content, NOW + timedelta(days=1)) == judged(trust, content, None)


def test_another_look_is_worth_it_only_where_every_signature_may_become_clear(trust: Trust) -> None:
    lacking = signed("police")  # no list of this authority
    hopeless = add_signature(lacking, by("citizen"), Slot("Ky2"))  # under a root of another profile
    assert judged(trust, lacking.content, None).recheck_after is not None
    assert judged(trust, hopeless.content, None).recheck_after is None
