"""The parameters of reports are checked before anything runs."""

import pytest

from lienthong.configuration.bind import bind
from lienthong.configuration.faults import Mismatch
from lienthong.configuration.names import resolve


def test_the_cut_off_day_must_be_a_day_of_a_month() -> None:
    with pytest.raises(Mismatch) as error:
        bind(resolve("reports.vneid_activation.report.VneidActivation"), {"cut_off_day": 32}, tables={})
    assert ("LT308", ("cut_off_day",)) in [(fault.code, fault.path) for fault in error.value.faults]
