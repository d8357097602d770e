"""The tiers that the project ships for iGate: few records for each new version, and no change found too late."""

from datetime import timedelta

import pytest

from tests.bench.looking_back import measure


@pytest.mark.slow
def test_the_shipped_tiers_read_few_records_for_each_new_version_and_keep_their_promise() -> None:
    figures = measure(900, 3, every=timedelta(minutes=10))
    assert figures["records_a_version"] <= 6
    assert figures["promised"] > 100
    assert figures["late"] == 0
