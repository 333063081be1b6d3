"""Promise 6: change, drop, swap, insert, truncate or seal anew, and the first bad position is named."""

from hypothesis import assume, given
from hypothesis import strategies as st

from streams.codecs.ledger_record import decode_ledger_record, encode_ledger_record, read_link
from streams.ledger.record import LedgerRecord
from streams.ledger.verify import verify
from tests.ledger.chains import GENESIS, block, forward, hold, linked, malformed, repeat, resolution, sealed


@st.composite
def honest(draw: st.DrawFn) -> list[LedgerRecord]:
    """Return any chain that a writer may write."""
    records, offset, held, decided = [GENESIS], 0, set[int](), list[int]()
    for _ in range(draw(st.integers(2, 12))):
        offset += draw(st.integers(1, 3))
        kinds = ["forward", "block", "hold", "malformed", *(["repeat"] * bool(decided))]
        kind = draw(st.sampled_from([*kinds, *(["resolution"] * bool(held))]))
        if kind == "repeat":
            records.append(repeat(offset, draw(st.sampled_from(decided))))
        elif kind == "resolution":
            of = draw(st.sampled_from(sorted(held)))
            held.discard(of)
            records.append(resolution(offset, of))
        else:
            made = {"forward": forward, "block": block, "hold": hold, "malformed": malformed}[kind]
            records.append(made(offset))
            held.update({offset} if kind == "hold" else ())
            decided.extend([] if kind == "malformed" else [offset])
    return linked(records)


CHAINS = honest()


def values_of(chain: list[LedgerRecord]) -> list[bytes]:
    return [encode_ledger_record(record) for record in chain]


def first_bad(values: list[bytes], chain: list[LedgerRecord]) -> int | None:
    """Return the position that verification names, with a witness of the true end."""
    report = verify(values, read_link, witnesses={chain[-1].seq: chain[-1].hash})
    return None if report.problem is None else report.problem.position


def position(chain: list[LedgerRecord], data: st.DataObject) -> int:
    return data.draw(st.integers(0, len(chain) - 1))


@given(CHAINS)
def test_promise_6_an_honest_chain_verifies(chain: list[LedgerRecord]) -> None:
    assert first_bad(values_of(chain), chain) is None


@given(CHAINS, st.data())
def test_promise_6_any_changed_byte_is_named(chain: list[LedgerRecord], data: st.DataObject) -> None:
    values, at = values_of(chain), position(chain, data)
    spoilt = bytearray(values[at])
    spoilt[data.draw(st.integers(0, len(spoilt) - 1))] ^= data.draw(st.integers(1, 255))
    values[at] = bytes(spoilt)
    assert first_bad(values, chain) == at


@given(CHAINS, st.data())
def test_promise_6_a_dropped_record_is_named(chain: list[LedgerRecord], data: st.DataObject) -> None:
    values, at = values_of(chain), position(chain, data)
    del values[at]
    assert first_bad(values, chain) == at


@given(CHAINS, st.data())
def test_promise_6_swapped_records_are_named(chain: list[LedgerRecord], data: st.DataObject) -> None:
    values, one, other = values_of(chain), position(chain, data), position(chain, data)
    assume(one != other)
    values[one], values[other] = values[other], values[one]
    assert first_bad(values, chain) == min(one, other)


@given(CHAINS, CHAINS, st.data())
def test_promise_6_an_inserted_record_is_named(
    chain: list[LedgerRecord], other: list[LedgerRecord], data: st.DataObject
) -> None:
    values, at = values_of(chain), data.draw(st.integers(0, len(chain)))
    inserted = data.draw(st.sampled_from(values_of(other) + values))
    assume(at == len(values) or inserted != values[at])
    values.insert(at, inserted)
    named = first_bad(values, chain)
    # A link of another honest chain that shares its beginning with this one fits; what stood here does not.
    if at and decode_ledger_record(inserted).prev_hash == chain[at - 1].hash:
        assert named == (at + 1 if at < len(chain) else None)
    else:
        assert named == at


@given(CHAINS, st.data())
def test_promise_6_a_truncated_chain_is_named(chain: list[LedgerRecord], data: st.DataObject) -> None:
    at = position(chain, data)
    assert first_bad(values_of(chain)[:at], chain) == at


@given(CHAINS, st.data())
def test_promise_6_a_record_sealed_anew_is_named_by_the_next_link(
    chain: list[LedgerRecord], data: st.DataObject
) -> None:
    values, at = values_of(chain), position(chain, data)
    forged = linked([*chain[:at], block(10_000)])[-1]
    values[at] = sealed(forged)
    assert first_bad(values, chain) in {at, at + 1}


@given(CHAINS, st.data())
def test_promise_6_a_chain_sealed_anew_is_named_against_a_witness(
    chain: list[LedgerRecord], data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(chain) - 1))
    forged = linked([*chain[:at], malformed((chain[at - 1].source_offset or 0) + 1), *chain[at + 1 :]])
    assume(forged[at].hash != chain[at].hash)
    witnesses = {record.seq: record.hash for record in chain}
    report = verify([encode_ledger_record(record) for record in forged], read_link, witnesses=witnesses)
    assert report.problem is not None
    assert report.problem.position == at
