"""The balance as plain values."""

from lienthong.ledger.records import Account, Balance
from lienthong.operations.balance import balance_json, balance_total

BALANCE = Balance(
    sources={"b": Account(received=5, delivered=2, dead=1), "a": Account(received=2, dropped=1, in_flight=1)},
    days={("b", "2023-11-02"): Account(received=1), ("b", "2023-11-01"): Account(received=4)},
    stages={"route.x": Account(received=7)},
    faults=("b: 2",),
)


def test_the_total_adds_up_all_sources() -> None:
    total = balance_total(BALANCE)
    assert total == Account(received=7, delivered=2, dropped=1, dead=1, in_flight=1)
    assert total.difference == 2


def test_the_json_has_sources_and_days_in_order_and_states_each_difference() -> None:
    found = balance_json(BALANCE)
    assert list(found) == ["sources", "stages", "days", "faults"]
    assert list(found["sources"]) == ["a", "b"] and list(found["days"]["b"]) == ["2023-11-01", "2023-11-02"]
    assert found["sources"]["b"] == {
        "received": 5,
        "delivered": 2,
        "dropped": 0,
        "dead": 1,
        "in_flight": 0,
        "difference": 2,
    }
    assert found["faults"] == ["b: 2"]
