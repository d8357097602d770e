"""The hash chain: every change of a block changes its hash, and old blocks keep the hash they have."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lienthong.ledger.hash_chain import GENESIS, Witness, block_hash, encode_entry
from lienthong.ledger.records import Entry
from tests.events import DAY, entry, event
from tests.unit.ledger.strategies import ENTRIES


def hash_of(entries: list[Entry], **head: Any) -> str:
    """The hash of a first block, unless `head` has other values."""
    return block_hash(entries, **({"previous": GENESIS, "writer": "w", "number": 1, "at": DAY} | head))


@given(st.lists(ENTRIES, min_size=1, max_size=8), st.data())
def test_another_entry_in_a_block_gives_another_hash(entries: list[Entry], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(entries) - 1))
    changed = [*entries[:position], data.draw(ENTRIES), *entries[position + 1 :]]
    same_hash = hash_of(changed) == hash_of(entries)
    assert same_hash == (changed == entries)


@given(st.lists(ENTRIES, min_size=1, max_size=8))
def test_a_missing_entry_another_number_or_another_previous_block_gives_another_hash(entries: list[Entry]) -> None:
    original = hash_of(entries)
    assert hash_of(entries[:-1]) != original
    assert hash_of(entries, number=2) != original
    assert hash_of(entries, writer="v") != original
    assert hash_of(entries, previous=original) != original


def test_the_witness_is_part_of_the_hash() -> None:
    without = hash_of([])
    witnessed = hash_of([], witness=Witness("v", 3, "ab"))
    assert len({without, witnessed, hash_of([], witness=Witness("v", 4, "ab"))}) == 3


def test_an_entry_without_a_seal_is_encoded_as_before_there_were_seals() -> None:
    plain = entry(event("a"), "route.a", "dead")
    sealed = plain._replace(seal="ab" * 32)
    assert encode_entry(plain).count(b",") + 1 == encode_entry(sealed).count(b",")
    assert encode_entry(sealed).startswith(encode_entry(plain).removesuffix(b"]\n"))


def test_the_hash_of_a_block_is_the_one_that_is_already_in_ledgers() -> None:
    """A change of the encoding would make every ledger in use look tampered with."""
    entries = [entry(event("a"), "source.igate", "received", turn=0, to=("route.a",), reason="test.event")]
    assert hash_of(entries) == "c9d48f0d13fb78388ee94eec57606cf4dde83f4651215e3ad5d9f6b29a582d01"
