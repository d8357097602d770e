"""Each XML sample gets the verdict that is right for it."""

import pytest

from lienthong.signatures.judge import judge
from lienthong.signatures.limits import Limits
from lienthong.signatures.trust import Trust
from tests.signatures.samples import Sample, expected_reasons, parameters
from tests.signatures.xml_samples import SAMPLES

REASONS = expected_reasons("xml")


@pytest.mark.parametrize("sample", parameters(SAMPLES))
def test_a_sample_gets_its_right_verdict(sample: Sample, trust: Trust) -> None:
    verdict = judge(sample.make(), trust=trust, profile=sample.profile, at=sample.at, limits=Limits())
    found = verdict.sub_indication
    reasons = [reason.code for reason in verdict.reasons]
    assert sample.permits(verdict.indication, found), (verdict.indication, found, reasons, sample.clause)
    assert reasons == REASONS[sample.name]
    if sample.signers is not None and not sample.refused:
        assert len(verdict.signatures) == sample.signers


def test_the_samples_are_many_and_have_different_names() -> None:
    assert len({sample.name for sample in SAMPLES}) == len(SAMPLES) >= 35
    assert {sample.name for sample in SAMPLES} == REASONS.keys()
    assert all(sample.clause for sample in SAMPLES)
