"""Live shares against their manifests: every difference is found, and what may be gone is none."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

import pytest

from streams.ledger.live_reconcile import LiveDifference, LiveFinding, LiveKept, reconcile_live
from streams.ledger.live_record import LiveKind, LiveRecord
from streams.ledger.record import GENESIS_PREVIOUS
from streams.policy.vocabulary import AgreementId, EntityId
from tests.policy.building import NOW

PASADENA, BURBANK = EntityId("pasadena-pd"), EntityId("burbank-pd")
MOU = AgreementId("mou-24-017")
VALUES = (b"one", b"two")


def record(kind: LiveKind, **said: object) -> LiveRecord:
    plain: dict[str, object] = {
        "batch_id": "b-1", "books_revision": 41, "policy_hash": "p", "decided_at": NOW,
        "source_topic": "alpr.reads", "source_partition": 0, "partition": 0, "seq": 0,
        "prev_hash": GENESIS_PREVIOUS,
    }  # fmt: skip
    return LiveRecord(kind=kind, **{**plain, **said})  # type: ignore[arg-type]  # each value fits its field


def manifest(values: tuple[bytes, ...] = VALUES, **said: object) -> LiveRecord:
    digest = sha256(b"".join(values)).hexdigest()
    whole = {"entity_id": PASADENA, "agreement_id": MOU, "count": len(values), "digest": digest, **said}
    return record(LiveKind.MANIFEST, **whole)


def batch(first: int, last: int, partition: int = 0) -> LiveRecord:
    return record(LiveKind.BATCH, source_from=first, source_offset=last, partition=partition)


def found(
    records: Iterable[LiveRecord],
    deliveries: dict[tuple[EntityId, str], tuple[bytes, ...]] | None = None,
    inputs: dict[int, range] | None = None,
    withdrawn: frozenset[AgreementId] = frozenset(),
) -> tuple[LiveFinding, ...]:
    kept = LiveKept(
        deliveries=deliveries or {}, since=NOW - timedelta(days=7), withdrawn=withdrawn, inputs=inputs or {}
    )
    return reconcile_live(records, kept)


def kinds(findings: tuple[LiveFinding, ...]) -> list[tuple[LiveDifference, EntityId | None]]:
    return [(one.difference, one.entity_id) for one in findings]


def test_what_its_manifests_say_in_order_is_no_difference() -> None:
    second = manifest((b"three",), agreement_id=AgreementId("other"))
    assert found([manifest(), second], {(PASADENA, "b-1"): (*VALUES, b"three")}) == ()


@pytest.mark.parametrize(
    ("lying", "difference"),
    [
        ({(PASADENA, "b-1"): (b"two", b"one")}, LiveDifference.DELIVERY_ALTERED),
        ({(PASADENA, "b-1"): (*VALUES, b"three")}, LiveDifference.DELIVERY_WITHOUT_MANIFEST),
        ({(PASADENA, "b-1"): (b"one",)}, LiveDifference.MANIFEST_WITHOUT_DELIVERY),
        ({}, LiveDifference.MANIFEST_WITHOUT_DELIVERY),
    ],
)
def test_what_differs_is_told_with_its_recipient_and_batch(
    lying: dict[tuple[EntityId, str], tuple[bytes, ...]], difference: LiveDifference
) -> None:
    (finding,) = found([manifest()], lying)
    assert (finding.difference, finding.entity_id, finding.batch_id) == (difference, PASADENA, "b-1")


def test_what_nobody_accounts_for_is_told() -> None:
    lying = {(PASADENA, "b-1"): VALUES, (BURBANK, "b-1"): (b"one",)}
    assert kinds(found([manifest()], lying)) == [(LiveDifference.DELIVERY_WITHOUT_MANIFEST, BURBANK)]


def test_what_is_old_or_was_withdrawn_may_be_gone() -> None:
    assert found([manifest(decided_at=NOW - timedelta(days=8))]) == ()
    assert found([manifest()], withdrawn=frozenset({MOU})) == ()
    # One of two manifests of a batch that must be there is enough.
    both = [manifest(), manifest(agreement_id=AgreementId("other"))]
    assert kinds(found(both, withdrawn=frozenset({MOU}))) == [
        (LiveDifference.MANIFEST_WITHOUT_DELIVERY, PASADENA)
    ]


def test_nothing_kept_back_alone_needs_a_delivery() -> None:
    assert found([manifest((), kept_back=3)]) == ()


def test_every_offset_stands_in_just_one_batch() -> None:
    whole = [batch(0, 4), batch(5, 5), batch(8, 9), batch(0, 1, partition=1)]
    assert found(whole, inputs={0: range(6), 1: range(2)}) == ()


def test_an_offset_that_no_batch_has_is_told() -> None:
    findings = found([batch(2, 4), batch(8, 9)], inputs={0: range(11), 1: range(1)})
    told = [(one.partition, one.offset) for one in findings]
    assert told == [(0, 0), (0, 1), (0, 5), (0, 6), (0, 7), (0, 10), (1, 0)]
    assert {one.difference for one in findings} == {LiveDifference.OFFSET_WITHOUT_BATCH}


def test_an_offset_that_two_batches_have_is_told() -> None:
    (finding,) = found([batch(0, 5), batch(5, 8)])
    assert (finding.difference, finding.partition, finding.offset) == (LiveDifference.OFFSET_TWICE, 0, 5)
