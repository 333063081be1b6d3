from dataclasses import replace
from datetime import timedelta

import pytest

from streams.codecs.ledger_record import decode_ledger_record, encode_ledger_record, read_link
from streams.ledger.flaws import Flaw, Problem
from streams.ledger.record import GENESIS_PREVIOUS
from streams.ledger.verify import ChainReport, verify
from streams.policy.vocabulary import DecisionId, RecordKind
from tests.ledger.chains import GENESIS, HONEST, block, forward, hold, linked, sealed, written


def check(values: list[bytes], witnesses: dict[int, bytes] | None = None) -> ChainReport:
    return verify(values, read_link, witnesses=witnesses or {})


def found(report: ChainReport) -> tuple[int, Flaw] | None:
    return None if report.problem is None else (report.problem.position, report.problem.flaw)


def test_an_honest_chain_verifies_and_is_counted() -> None:
    chain = linked(HONEST)
    report = check(written(HONEST))
    assert report.problem is None
    assert (report.partition, report.count, report.head_seq) == (0, 10, 9)
    assert report.head_hash == chain[-1].hash
    assert dict(report.kinds) == {
        RecordKind.GENESIS: 1, RecordKind.DECISION: 5, RecordKind.REPEAT: 1, RecordKind.RESOLUTION: 2,
        RecordKind.MALFORMED: 1,
    }  # fmt: skip
    assert report.open_holds == frozenset()


def test_a_hold_without_a_resolution_is_open() -> None:
    assert check(written((GENESIS, hold(1), block(2)))).open_holds == {DecisionId("d-1")}


def test_no_records_are_no_problem_unless_a_witness_saw_some() -> None:
    report = check([])
    assert (report.problem, report.count, report.head_seq, report.head_hash) == (
        None,
        0,
        -1,
        GENESIS_PREVIOUS,
    )
    assert found(check([], {0: bytes(32)})) == (0, Flaw.TRUNCATED)


def test_a_clock_that_steps_back_is_counted_and_not_refused() -> None:
    chain = linked((GENESIS, forward(1)))
    late = replace(chain[1], decided_at=chain[0].decided_at - timedelta(seconds=1))
    report = check([sealed(chain[0]), sealed(late)])
    assert (report.problem, report.times_back) == (None, 1)


def test_altered_bytes_are_named() -> None:
    values = written(HONEST)
    values[5] = values[5].replace(b"burbank-2026", b"burbank-2027")
    assert found(check(values)) == (5, Flaw.ALTERED)


def test_a_record_altered_and_sealed_anew_breaks_the_next_link() -> None:
    chain = linked(HONEST)
    values = written(HONEST)
    values[5] = sealed(replace(chain[5], entity_id=None))
    assert found(check(values)) == (6, Flaw.BROKEN_LINK)


def test_a_chain_sealed_anew_from_some_record_on_disagrees_with_a_witness() -> None:
    chain, other = linked(HONEST), linked((*HONEST[:5], replace(HONEST[5], entity_id=None), *HONEST[6:]))
    values = [encode_ledger_record(record) for record in other]
    assert found(check(values)) is None
    for seq in range(5, 10):
        assert found(check(values, {3: chain[3].hash, seq: chain[seq].hash})) == (seq, Flaw.WITNESS_DISAGREES)


def test_bytes_that_are_no_record_are_named() -> None:
    values = written(HONEST)
    values[4] = values[4][:-1]
    report = check(values)
    assert found(report) == (4, Flaw.UNREADABLE)
    assert report.problem is not None
    assert str(report.problem).startswith("position 4: the record cannot be read (LedgerRecord")


def test_a_null_value_is_no_record() -> None:
    assert found(verify([None], read_link)) == (0, Flaw.UNREADABLE)


def test_a_dropped_record_is_named() -> None:
    values = written(HONEST)
    report = check(values[:3] + values[4:])
    assert found(report) == (3, Flaw.WRONG_SEQ)
    assert report.problem is not None
    assert report.problem.detail == "decision d-14"


def test_a_chain_cut_off_is_found_with_a_witness_of_its_end() -> None:
    chain, values = linked(HONEST), written(HONEST)
    assert found(check(values[:-2])) is None
    report = check(values[:-2], {3: chain[3].hash, 9: chain[9].hash})
    assert found(report) == (8, Flaw.TRUNCATED)
    assert str(report.problem) == "position 8: a witness saw records here, and there are none (up to seq 9)"
    assert found(check(values, {9: chain[9].hash})) is None


def test_a_chain_that_lost_its_beginning_does_not_begin_with_a_genesis() -> None:
    assert found(check(written(HONEST)[1:])) == (0, Flaw.WRONG_SEQ)
    assert found(check(written(HONEST[1:]))) == (0, Flaw.NO_GENESIS)


def test_another_partition_than_asked_for_is_named() -> None:
    report = verify(written(HONEST), read_link, partition=1)
    assert report.problem is not None
    assert report.problem.position == 0
    assert report.problem.flaw is Flaw.WRONG_PARTITION


def test_what_comes_after_the_first_problem_is_not_counted() -> None:
    values = written(HONEST)
    values[2] = b""
    report = check(values)
    assert (report.count, report.head_seq) == (2, 1)
    assert report.head_hash == decode_ledger_record(values[1]).hash


@pytest.mark.parametrize(("detail", "line"), [("", ""), ("decision d-1", " (decision d-1)")])
def test_a_problem_is_one_line(detail: str, line: str) -> None:
    problem = Problem(position=3, flaw=Flaw.ALTERED, detail=detail)
    assert str(problem) == f"position 3: the record is not what its hash says{line}"
