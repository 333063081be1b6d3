"""A plain chain is verified record by record; the first flaw is told with its place."""

from collections.abc import Callable

import pytest

from streams.codecs.ledger_record import encode_ledger_record, read_link
from streams.ledger.flaws import Flaw
from streams.ledger.links import verify_links
from streams.ledger.record import GENESIS_PREVIOUS
from tests.ledger.chains import HONEST, linked

VALUES = [encode_ledger_record(record) for record in linked(HONEST)]
Spoil = Callable[[list[bytes | None]], list[bytes | None]]


def test_a_whole_chain_is_good_to_its_end() -> None:
    report = verify_links(VALUES, read_link)
    assert (report.count, report.head_hash) == (len(HONEST), linked(HONEST)[-1].hash)
    assert report.problem is None


def test_an_empty_chain_ends_where_it_begins() -> None:
    report = verify_links((), read_link)
    assert (report.count, report.head_hash, report.problem) == (0, GENESIS_PREVIOUS, None)


@pytest.mark.parametrize(
    ("spoil", "flaw"),
    [
        (lambda values: [*values[:2], b"?", *values[3:]], Flaw.UNREADABLE),
        (lambda values: [*values[:2], None, *values[3:]], Flaw.UNREADABLE),
        (lambda values: [*values[:2], values[2][:-1] + b"?", *values[3:]], Flaw.ALTERED),
        (lambda values: [*values[:2], *values[3:]], Flaw.WRONG_SEQ),
        (lambda values: [*values[:2], values[3], values[2], *values[4:]], Flaw.WRONG_SEQ),
    ],
)
def test_the_first_flaw_is_told_with_its_place(spoil: Spoil, flaw: Flaw) -> None:
    problem = verify_links(spoil(list(VALUES)), read_link).problem
    assert problem is not None
    assert (problem.position, problem.flaw) == (2, flaw)


def test_a_record_of_another_chain_breaks_the_link() -> None:
    other = [encode_ledger_record(record) for record in linked((HONEST[0], HONEST[1], *HONEST[3:]))]
    problem = verify_links([*VALUES[:2], VALUES[2], other[2], *VALUES[4:]], read_link).problem
    assert problem is not None
    assert problem.position == 3
