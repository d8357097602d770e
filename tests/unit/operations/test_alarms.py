"""What the doctor states of alarms that sinks have raised."""

from pathlib import Path

import pytest
from sqlalchemy import insert

from lienthong.operations.alarm_health import examine_alarms
from lienthong.operations.health_items import Installation
from store.synchronisation.tables import alarms
from tests.databases import open_embedded

ROOT = Path(__file__).parents[3]
SINCE = "2026-11-20T01:00:00.000000Z"
ROW = {
    "alarm": "dvcqg/A/arrived",
    "source": "dvcqg",
    "code": "A",
    "milestone": "arrived",
    "missing_in": "igate",
    "due_at": SINCE,
    "announced_at": SINCE,
    "corrected_at": None,
    "data": "{}",
}


@pytest.mark.parametrize("is_open", [True, False])
def test_an_open_alarm_is_a_warning_and_a_corrected_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_open: bool
) -> None:
    monkeypatch.setenv("LIENTHONG_LANG", "en")
    engine = open_embedded(tmp_path)
    with engine.begin() as connection:
        connection.execute(insert(alarms).values(**{**ROW, "corrected_at": None if is_open else SINCE}))
    engine.dispose()
    installation = Installation(ROOT, {}, tmp_path, broker="memory://", database="")
    (item,) = examine_alarms(installation)
    installation.close()
    assert item.state == ("warn" if is_open else "ok")
    if is_open:
        assert item.found.startswith("synchronisation: 1 open since 2026-11-20 08:00: hồ sơ nộp trên Cổng")


def test_without_a_database_or_a_sink_that_raises_alarms_nothing_is_stated(tmp_path: Path) -> None:
    assert list(examine_alarms(Installation(ROOT, {}, tmp_path, broker="memory://", database=""))) == []
