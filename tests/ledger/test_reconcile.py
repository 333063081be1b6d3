from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from streams.ledger.reconcile import RECORDS_OFFICER, Difference, Finding, Forward, Kept, reconcile
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import AgreementId, DecisionId, EntityId
from tests.codecs.samples import LEDGER_RECORD, NOW
from tests.ledger.chains import GENESIS, block, disclosure, expiry, forward, hold, malformed

DIGEST = "c3" * 32
RECORDS = (GENESIS, forward(10), block(11), hold(12), malformed(13), expiry(12))


def went(number: int, entity: str = "burbank-pd", digest: str = DIGEST, offset: int = 7) -> Forward:
    return Forward(DecisionId(f"d-{number}"), EntityId(entity), digest, offset)


def differences(
    records: Iterable[LedgerRecord] = RECORDS,
    offsets: Iterable[int] = range(10, 14),
    forwards: Iterable[Forward] = (went(10),),
) -> list[Finding]:
    return list(reconcile(records, Kept(inputs={0: offsets}, forwards=forwards)))


def of_input(difference: Difference, offset: int) -> Finding:
    return Finding(difference=difference, partition=0, offset=offset)


def of_forward(difference: Difference, number: int, entity: str = "burbank-pd") -> Finding:
    """Return the finding about what lies at offset 7 of the recipient's topic."""
    return replace(missing(difference, number, entity), partition=0, offset=7)


def missing(difference: Difference, number: int, entity: str = "burbank-pd") -> Finding:
    decision_id = DecisionId(f"d-{number}")
    return Finding(difference=difference, decision_id=decision_id, entity_id=EntityId(entity))


def test_a_ledger_that_accounts_for_everything_has_no_differences() -> None:
    assert differences() == []


ORDERED = disclosure(14)


@pytest.mark.parametrize(
    ("forwards", "expected"),
    [
        ((went(14, RECORDS_OFFICER),), []),
        ((), [missing(Difference.RECORD_WITHOUT_FORWARD, 14, RECORDS_OFFICER)]),
        (
            (went(14, RECORDS_OFFICER), went(14, RECORDS_OFFICER)),
            [of_forward(Difference.FORWARD_TWICE, 14, RECORDS_OFFICER)],
        ),
        (
            (went(14, RECORDS_OFFICER), went(99, RECORDS_OFFICER)),
            [of_forward(Difference.FORWARD_WITHOUT_RECORD, 99, RECORDS_OFFICER)],
        ),
        (
            (went(14, RECORDS_OFFICER, digest="ff" * 32),),
            [
                of_forward(Difference.FORWARD_ALTERED, 14, RECORDS_OFFICER),
                missing(Difference.RECORD_WITHOUT_FORWARD, 14, RECORDS_OFFICER),
            ],
        ),
        (
            # An order that lies in a recipient's topic was sent to somebody else than its record says.
            (went(14),),
            [
                of_forward(Difference.FORWARD_MISDIRECTED, 14),
                missing(Difference.RECORD_WITHOUT_FORWARD, 14, RECORDS_OFFICER),
            ],
        ),
    ],
)
def test_an_order_to_disclose_is_accounted_for_like_a_forward(
    forwards: tuple[Forward, ...], expected: list[Finding]
) -> None:
    assert differences((*RECORDS, ORDERED), range(10, 15), (went(10), *forwards)) == expected


def test_a_disclosure_on_other_content_than_came_in_is_found() -> None:
    kept = Kept(inputs={0: [14]}, forwards=[went(14, RECORDS_OFFICER)], digests={(0, 14): frozenset({"x"})})
    (finding,) = reconcile((ORDERED,), kept)
    assert finding.difference is Difference.RECORD_OF_OTHER_CONTENT


def test_an_input_without_a_record_is_found() -> None:
    assert differences(offsets=(10, 11, 12, 13, 15)) == [of_input(Difference.INPUT_WITHOUT_RECORD, 15)]


def test_an_input_of_a_partition_without_any_record_is_found() -> None:
    kept = Kept(inputs={0: range(10, 14), 1: (0,)}, forwards=(went(10),))
    assert reconcile(RECORDS, kept) == (
        Finding(difference=Difference.INPUT_WITHOUT_RECORD, partition=1, offset=0),
    )


def test_an_input_with_two_records_is_found() -> None:
    assert differences((*RECORDS, malformed(11))) == [of_input(Difference.INPUT_RECORDED_TWICE, 11)]


def test_a_record_of_an_input_that_is_not_there_is_found() -> None:
    assert differences(offsets=(10, 11, 13)) == [of_input(Difference.RECORD_WITHOUT_INPUT, 12)]


@pytest.mark.parametrize("gap", range(11, 20))
def test_an_input_that_is_missing_among_others_was_not_deleted_by_age(gap: int) -> None:
    records = (GENESIS, *(block(offset) for offset in range(10, 21)))
    there = [offset for offset in range(10, 21) if offset != gap]
    assert differences(records, there, ()) == [of_input(Difference.RECORD_WITHOUT_INPUT, gap)]


def test_a_record_of_an_input_that_the_broker_deleted_is_expected() -> None:
    assert differences(offsets=(12, 13)) == []
    assert differences(offsets=()) == []


def test_a_forward_without_a_record_is_found() -> None:
    assert differences(forwards=(went(10), went(99))) == [of_forward(Difference.FORWARD_WITHOUT_RECORD, 99)]


def test_a_forward_of_a_block_is_found() -> None:
    assert differences(forwards=(went(10), went(11))) == [of_forward(Difference.FORWARD_WITHOUT_RECORD, 11)]


def test_a_forward_of_other_bytes_is_found() -> None:
    assert differences(forwards=(went(10), went(10, digest="d4"))) == [
        of_forward(Difference.FORWARD_ALTERED, 10)
    ]


def test_a_forward_to_another_recipient_is_found() -> None:
    assert differences(forwards=(went(10), went(10, entity="glendale-pd"))) == [
        of_forward(Difference.FORWARD_MISDIRECTED, 10, "glendale-pd")
    ]


def test_a_forward_that_went_twice_is_found() -> None:
    assert differences(forwards=(went(10, offset=3), went(10))) == [of_forward(Difference.FORWARD_TWICE, 10)]


def test_what_two_records_forward_has_to_go_twice_and_may() -> None:
    twice = (*RECORDS, replace(forward(10), source_offset=14))
    offsets = range(10, 15)
    assert differences(twice, offsets, (went(10, offset=3), went(10))) == []
    assert differences(twice, offsets) == [missing(Difference.RECORD_WITHOUT_FORWARD, 10)]


def test_a_record_that_says_forward_and_nothing_went_is_found() -> None:
    assert differences(forwards=()) == [missing(Difference.RECORD_WITHOUT_FORWARD, 10)]


def test_a_forward_that_the_broker_deleted_is_not_expected() -> None:
    kept = Kept(inputs={}, forwards=(), forwards_since=NOW + timedelta(seconds=1))
    assert reconcile(RECORDS, kept) == ()
    assert reconcile(RECORDS, replace(kept, forwards_since=NOW)) != ()


def test_a_forward_under_an_agreement_that_was_withdrawn_is_not_expected_but_may_be_there() -> None:
    kept = Kept(inputs={}, forwards=(), withdrawn=frozenset({AgreementId("burbank-2026")}))
    assert reconcile(RECORDS, kept) == ()
    assert reconcile(RECORDS, replace(kept, forwards=(went(10),))) == ()


def test_what_is_no_release_is_found_where_it_lies() -> None:
    kept = Kept(inputs={}, forwards=(went(10),), strays=((EntityId("burbank-pd"), 5),))
    assert reconcile(RECORDS, kept) == (
        Finding(difference=Difference.NO_RELEASE, partition=0, offset=5, entity_id=EntityId("burbank-pd")),
    )


def test_a_block_about_other_content_than_its_input_is_found() -> None:
    right = {(0, offset): frozenset({LEDGER_RECORD.request_digest or ""}) for offset in range(10, 13)}
    kept = Kept(inputs={0: range(10, 14)}, forwards=(went(10),), digests=right | {(0, 13): frozenset()})
    assert reconcile(RECORDS, kept) == ()
    for wrong in (frozenset({"ab" * 32}), frozenset[str]()):
        spoilt = replace(kept, digests=right | {(0, 11): wrong})
        assert reconcile(RECORDS, spoilt) == (
            Finding(
                difference=Difference.RECORD_OF_OTHER_CONTENT,
                partition=0,
                offset=11,
                decision_id=DecisionId("d-11"),
            ),
        )
