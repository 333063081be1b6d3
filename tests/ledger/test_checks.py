from dataclasses import replace

import pytest

from streams.codecs.ledger_record import read_link
from streams.ledger.checks import first_flaw
from streams.ledger.flaws import Flaw
from streams.ledger.progress import Progress
from streams.ledger.record import LedgerRecord
from streams.ledger.verify import verify
from streams.policy.vocabulary import AgreementId, AuthorityKind, DecisionId, EntityId, RecordKind
from tests.codecs.samples import REASON
from tests.ledger.chains import (
    GENESIS,
    HONEST,
    block,
    disclosure,
    disclosure_again,
    expiry,
    forward,
    hold,
    linked,
    malformed,
    repeat,
    resolution,
    sealed,
    written,
)

# Chains whose every hash is right, and whose last record breaks a rule.
BREACHES: dict[str, tuple[tuple[LedgerRecord, ...], Flaw]] = {
    "begins with a decision": ((forward(1),), Flaw.NO_GENESIS),
    "begins without a number of partitions": ((replace(GENESIS, partition_count=None),), Flaw.NO_GENESIS),
    "begins in a partition beyond their number": ((replace(GENESIS, partition_count=0),), Flaw.NO_GENESIS),
    "begins twice": ((GENESIS, GENESIS), Flaw.SECOND_GENESIS),
    "counts partitions later": ((GENESIS, replace(forward(1), partition_count=2)), Flaw.SECOND_GENESIS),
    "states what nobody knows": ((GENESIS, replace(forward(1), kind=RecordKind.UNKNOWN)), Flaw.UNKNOWN_KIND),
    "stands in another partition": ((GENESIS, replace(forward(1), partition=1)), Flaw.WRONG_PARTITION),
    "decides another's input": ((GENESIS, replace(forward(1), source_partition=1)), Flaw.WRONG_PARTITION),
    "uses older books": ((GENESIS, forward(1), replace(hold(2), books_revision=4)), Flaw.REVISION_DECREASED),
    "decides an input twice": ((GENESIS, forward(1), forward(1)), Flaw.OFFSET_NOT_INCREASING),
    "goes back in the input": ((GENESIS, forward(2), malformed(1)), Flaw.OFFSET_NOT_INCREASING),
    "decides without input": ((GENESIS, replace(forward(1), source_offset=None)), Flaw.OFFSET_MISSING),
    "repeats nothing": ((GENESIS, repeat(1, 7)), Flaw.REPEATS_NOTHING),
    "reviews nothing": (
        (GENESIS, replace(repeat(1, 7), kind=RecordKind.REVIEW)), Flaw.REVIEWS_NOTHING,
    ),
    "resolves nothing": ((GENESIS, resolution(1, 7)), Flaw.RESOLVES_NOTHING),
    "resolves what was no hold": ((GENESIS, forward(1), resolution(2, 1)), Flaw.RESOLVED_TWICE),
    "resolves twice": ((GENESIS, hold(1), resolution(2, 1), resolution(3, 1)), Flaw.RESOLVED_TWICE),
    "expires twice": ((GENESIS, hold(1), expiry(1), expiry(1)), Flaw.RESOLVED_TWICE),
    "forwards with a reason against": (
        (GENESIS, replace(forward(1), reasons=(REASON,))), Flaw.VERDICT_WITHOUT_REASON,
    ),
    "blocks without a reason": ((GENESIS, replace(block(1), reasons=())), Flaw.VERDICT_WITHOUT_REASON),
    "forwards without a payload": (
        (GENESIS, replace(forward(1), payload_digest=None)), Flaw.PAYLOAD_MISPLACED,
    ),
    "has a payload and blocks": ((GENESIS, replace(block(1), payload_digest="c3")), Flaw.PAYLOAD_MISPLACED),
    "forwards again": (
        (GENESIS, forward(1), replace(forward(2), kind=RecordKind.REPEAT, follows=DecisionId("d-1"))),
        Flaw.PAYLOAD_MISPLACED,
    ),
    "orders to disclose without a payload": (
        (GENESIS, replace(disclosure(1), payload_digest=None)), Flaw.PAYLOAD_MISPLACED,
    ),
    "orders to disclose with a reason against": (
        (GENESIS, replace(disclosure(1), reasons=(REASON,))), Flaw.VERDICT_WITHOUT_REASON,
    ),
    "refuses again what was never ruled on": (
        (GENESIS, replace(disclosure(1), follows=DecisionId("d-7"))), Flaw.REVIEWS_NOTHING,
    ),
    "discloses under an agreement": (
        (GENESIS, replace(disclosure(1), agreement_id=AgreementId("mou"))), Flaw.DISCLOSURE_MIXED,
    ),
    "discloses to an entity": (
        (GENESIS, replace(disclosure(1), entity_id=EntityId("us-ca-x"))), Flaw.DISCLOSURE_MIXED,
    ),
    "discloses without an authority": (
        (GENESIS, replace(disclosure(1), authority=None)), Flaw.DISCLOSURE_MIXED,
    ),
    "forwards by legal process": (
        (GENESIS, replace(forward(1), authority=AuthorityKind.SUBPOENA)), Flaw.DISCLOSURE_MIXED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BREACHES)
def test_a_record_that_breaks_a_rule_is_the_first_problem(name: str) -> None:
    records, flaw = BREACHES[name]
    report = verify(written(records), read_link)
    assert report.problem is not None
    assert (report.problem.position, report.problem.flaw) == (len(records) - 1, flaw)


def test_a_chain_with_legal_process_verifies() -> None:
    chain = (GENESIS, disclosure(1), disclosure_again(2, 1), replace(disclosure_again(3, 1), follows=None))
    assert verify(written(chain), read_link).problem is None


def test_every_flaw_that_a_check_finds_has_a_breach() -> None:
    elsewhere = {
        Flaw.UNREADABLE,
        Flaw.ALTERED,
        Flaw.WITNESS_DISAGREES,
        Flaw.TRUNCATED,
        Flaw.UNCOMMITTED,
    }
    by_links = {Flaw.WRONG_SEQ, Flaw.BROKEN_LINK}
    assert {flaw for _, flaw in BREACHES.values()} == set(Flaw) - elsewhere - by_links


def test_a_repeat_may_answer_with_a_forward_and_forwards_nothing() -> None:
    again = replace(repeat(2, 1), verdict=forward(1).verdict, reasons=())
    assert verify(written((GENESIS, forward(1), again)), read_link).problem is None


def test_a_review_that_changes_nothing_leaves_its_hold_open() -> None:
    returned = replace(repeat(2, 1), kind=RecordKind.REVIEW)
    refused = replace(block(3), kind=RecordKind.REVIEW)
    report = verify(written((GENESIS, hold(1), returned, refused, resolution(4, 1))), read_link)
    assert report.problem is None


def test_a_request_that_moved_is_an_input_like_any_other() -> None:
    moved = replace(malformed(1), kind=RecordKind.REROUTED, reasons=())
    assert verify(written((GENESIS, moved)), read_link).problem is None


def test_a_hold_may_be_resolved_by_another_hold_that_is_resolved_in_turn() -> None:
    partial = replace(hold(2), kind=RecordKind.RESOLUTION, follows=DecisionId("d-1"))
    report = verify(written((GENESIS, hold(1), partial, resolution(3, 2))), read_link)
    assert (report.problem, report.open_holds) == (None, frozenset())


def test_a_hold_may_be_resolved_under_its_own_id() -> None:
    itself = replace(resolution(2, 1), decision_id=DecisionId("d-1"))
    report = verify(written((GENESIS, hold(1), itself)), read_link)
    assert (report.problem, report.open_holds) == (None, frozenset())


def test_links_are_checked_against_the_progress() -> None:
    chain = linked(HONEST)
    progress = Progress(partition=None)
    for record in chain[:3]:
        progress.take(record)
    assert first_flaw(progress, chain[3]) is None
    assert first_flaw(progress, replace(chain[3], seq=4)) is Flaw.WRONG_SEQ
    assert first_flaw(progress, replace(chain[3], prev_hash=bytes(32))) is Flaw.BROKEN_LINK


def test_a_genesis_that_follows_something_is_no_beginning() -> None:
    chain = linked((GENESIS,))
    spoilt = replace(chain[0], prev_hash=b"\x01" * 32)
    report = verify([sealed(spoilt)], read_link)
    assert report.problem is not None
    assert report.problem.flaw is Flaw.BROKEN_LINK
