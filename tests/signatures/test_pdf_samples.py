"""Each PDF sample gets the verdict that is right for it."""

import pytest

from lienthong.signatures.judge import judge
from lienthong.signatures.limits import Limits
from lienthong.signatures.trust import Trust
from tests.signatures import pdf_attacks, pdf_changed, pdf_good, pdf_malformed, pdf_unclear
from tests.signatures.samples import Sample, expected_reasons, parameters

SAMPLES = (*pdf_good.SAMPLES, *pdf_unclear.SAMPLES, *pdf_changed.SAMPLES, *pdf_malformed.SAMPLES, *pdf_attacks.SAMPLES)

REASONS = expected_reasons("pdf")


@pytest.mark.parametrize("sample", parameters(SAMPLES))
def test_a_sample_gets_its_right_verdict(sample: Sample, trust: Trust) -> None:
    verdict = judge(sample.make(), trust=trust, profile=sample.profile, at=sample.at, limits=Limits())
    found = verdict.sub_indication
    reasons = [reason.code for reason in verdict.reasons]
    assert sample.permits(verdict.indication, found), (verdict.indication, found, reasons, sample.clause)
    assert reasons == REASONS[sample.name]
    signatures = [each for each in verdict.signatures if each.type == "signature"]
    if sample.signers is not None and not sample.refused:
        assert len(signatures) == sample.signers


def test_the_samples_are_many_and_have_different_names() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES) >= 35
    assert {sample.name for sample in SAMPLES} == REASONS.keys()
    assert all(sample.clause for sample in SAMPLES)
