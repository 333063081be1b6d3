from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.policy.vocabulary import AuthorityKind, ReasonCode, RecordKind, Verdict
from streams.publication.counts import (
    SMALLEST_SHOWN,
    Cell,
    Counted,
    Quarter,
    counted_by_quarter,
    protected,
    quarter_of,
)
from tests.publication.shown import MARCH, disclosure, record

CELLS = tuple((Verdict.BLOCK, code) for code in ReasonCode)[:5]
APRIL = datetime(2026, 4, 1, 7, tzinfo=UTC)


def counted(*numbers: int) -> Counted[Cell]:
    return protected(dict(zip(CELLS, numbers, strict=False)))


def shown(counts: Counted[Cell]) -> list[int | None]:
    return [counts.cells[cell] for cell in CELLS if cell in counts.cells]


@pytest.mark.parametrize(
    ("numbers", "told", "total"),
    [
        ((11, 400), [11, 400], 411),
        # Alone it would be the total less the others.
        ((10, 40, 400), [None, None, 400], 450),
        ((3, 10, 400), [None, None, 400], 413),
        # Of two that sum up to so little each would be known to be small.
        ((1, 1, 40, 400), [None, None, None, 400], 442),
        ((10,), [None], None),
        ((1, 2), [None, None], None),
        ((10, 10), [None, None], 20),
        ((), [], 0),
    ],
)
def test_small_numbers_are_hidden_with_as_many_others_as_it_takes(
    numbers: tuple[int, ...], told: list[int | None], total: int | None
) -> None:
    counts = counted(*numbers)
    assert (shown(counts), counts.total) == (told, total)


def possible(counts: Counted[Cell], hidden: int, most: int) -> Mapping[int, set[int]]:
    """Return what each hidden cell may be, for who knows what is shown and that none is zero."""
    rest = (counts.total or 0) - sum(count or 0 for count in counts.cells.values())
    fits = [each for each in product(range(1, most + 1), repeat=hidden) if sum(each) == rest]
    return {place: {each[place] for each in fits} for place in range(hidden)}


@given(st.lists(st.integers(1, 30), min_size=1, max_size=5))
def test_no_hidden_number_can_be_worked_out_to_be_small(numbers: list[int]) -> None:
    counts = counted(*numbers)
    hidden = shown(counts).count(None)
    assert all(count is None or count >= SMALLEST_SHOWN for count in shown(counts))
    if counts.total is None or not hidden:
        assert hidden or counts.total == sum(numbers)
        return
    if hidden <= 3:
        assert all(
            max(each) >= SMALLEST_SHOWN and len(each) > 1 for each in possible(counts, hidden, 60).values()
        )


def cells(counts: Counted[Cell]) -> dict[Cell, int | None]:
    return dict(counts.cells)


def test_a_quarter_is_counted_once_it_is_over_by_the_agencys_clock() -> None:
    records = [record(Verdict.FORWARD)] * 20
    assert counted_by_quarter(records, APRIL - timedelta(microseconds=1)) == ()
    (one,) = counted_by_quarter(records, APRIL)
    assert (str(one.quarter), cells(one.requests)) == ("2026 Q1", {(Verdict.FORWARD, None): 20})


def test_the_last_hour_of_a_quarter_belongs_to_it() -> None:
    assert quarter_of(APRIL - timedelta(microseconds=1)) == Quarter(2026, 1)
    assert quarter_of(APRIL) == Quarter(2026, 2)
    assert quarter_of(datetime(2027, 1, 1, 7, 59, tzinfo=UTC)) == Quarter(2026, 4)


def test_a_request_is_counted_once_and_the_end_of_a_hold_apart() -> None:
    held = ReasonCode.ACCESS_RECORD_INCOMPLETE
    records = [
        *[record(Verdict.HOLD, held)] * 12,
        *[record(Verdict.BLOCK, ReasonCode.MALFORMED_EVENT, RecordKind.MALFORMED)] * 13,
        *[record(Verdict.FORWARD, None, RecordKind.RESOLUTION)] * 14,
        *[record(Verdict.HOLD, held, RecordKind.REPEAT)] * 15,
        *[record(Verdict.UNKNOWN, None, RecordKind.GENESIS)] * 16,
        *[record(Verdict.UNKNOWN, None, RecordKind.REROUTED)] * 17,
    ]
    (one,) = counted_by_quarter(records, APRIL)
    assert cells(one.requests) == {(Verdict.HOLD, held): 12, (Verdict.BLOCK, ReasonCode.MALFORMED_EVENT): 13}
    assert cells(one.resolutions) == {(Verdict.FORWARD, None): 14}


def test_legal_process_is_counted_apart_by_its_kind_with_small_numbers_hidden() -> None:
    subpoena, warrant = AuthorityKind.SUBPOENA, AuthorityKind.SEARCH_WARRANT
    records = [
        *[disclosure(subpoena, Verdict.FORWARD)] * 400,
        *[disclosure(warrant, Verdict.FORWARD)] * 40,
        *[disclosure(warrant, Verdict.BLOCK)] * 3,
        *[disclosure(None, Verdict.BLOCK)] * 40,
    ]
    (one,) = counted_by_quarter(records, APRIL)
    assert (one.requests.cells, one.requests.total) == ({}, 0)
    assert one.disclosures.cells == {
        (subpoena, Verdict.FORWARD): 400,
        (warrant, Verdict.BLOCK): None,
        (warrant, Verdict.FORWARD): None,
        (AuthorityKind.UNKNOWN, Verdict.BLOCK): 40,
    }
    assert one.disclosures.total == 483


def test_quarters_come_newest_first() -> None:
    records = [record(Verdict.FORWARD), record(Verdict.FORWARD, at=MARCH - timedelta(days=100))]
    found = [str(one.quarter) for one in counted_by_quarter(records, APRIL)]
    assert found == ["2026 Q1", "2025 Q4"]
