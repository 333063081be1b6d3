"""Chains as a writer makes them, for tests of what verification finds in spoilt ones."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from streams.codecs.ledger_record import seal_record
from streams.ledger.record import GENESIS_PREVIOUS, NO_HASH, LedgerRecord
from streams.policy.vocabulary import AuthorityKind, DecisionId, RecordKind, Verdict
from tests.codecs.samples import LEDGER_RECORD, NOW, REASON

GENESIS = replace(
    LEDGER_RECORD,
    kind=RecordKind.GENESIS,
    verdict=Verdict.UNKNOWN,
    payload_digest=None,
    source_offset=None,
    partition_count=2,
    books_revision=1,
)


def forward(number: int) -> LedgerRecord:
    return replace(LEDGER_RECORD, decision_id=DecisionId(f"d-{number}"), source_offset=number)


def refusal(number: int, verdict: Verdict) -> LedgerRecord:
    return replace(forward(number), verdict=verdict, reasons=(REASON,), payload_digest=None)


def block(number: int) -> LedgerRecord:
    return refusal(number, Verdict.BLOCK)


def hold(number: int) -> LedgerRecord:
    return refusal(number, Verdict.HOLD)


def repeat(number: int, of: int) -> LedgerRecord:
    return replace(block(number), kind=RecordKind.REPEAT, follows=DecisionId(f"d-{of}"))


def resolution(number: int, of: int) -> LedgerRecord:
    return replace(forward(number), kind=RecordKind.RESOLUTION, follows=DecisionId(f"d-{of}"))


def expiry(of: int) -> LedgerRecord:
    return replace(block(0), kind=RecordKind.RESOLUTION, follows=DecisionId(f"d-{of}"), source_offset=None)


def malformed(number: int) -> LedgerRecord:
    return replace(block(number), kind=RecordKind.MALFORMED, request_id=None)


def disclosure(number: int) -> LedgerRecord:
    """Return an order to disclose."""
    return replace(
        forward(number),
        kind=RecordKind.DISCLOSURE,
        entity_id=None,
        agreement_id=None,
        agreement_version=None,
        authority=AuthorityKind.SUBPOENA,
    )


def disclosure_again(number: int, of: int) -> LedgerRecord:
    """Return the refusal of one that was ruled on before."""
    refused = replace(block(number), kind=RecordKind.DISCLOSURE, follows=DecisionId(f"d-{of}"))
    return replace(refused, entity_id=None, agreement_id=None, agreement_version=None)


# One of each kind, in an order that a writer may have.
HONEST = (
    GENESIS, forward(10), block(11), hold(13), repeat(14, 10), resolution(15, 13), hold(16), malformed(17),
    expiry(16), forward(20),
)  # fmt: skip


def linked(records: Iterable[LedgerRecord]) -> list[LedgerRecord]:
    """Return the records as a writer links them: numbered, each with the hash of the one before."""
    chain: list[LedgerRecord] = []
    previous = GENESIS_PREVIOUS
    for seq, record in enumerate(records):
        link = replace(
            record, seq=seq, prev_hash=previous, decided_at=NOW + timedelta(seconds=seq), hash=NO_HASH
        )
        previous = seal_record(link)[1]
        chain.append(replace(link, hash=previous))
    return chain


def sealed(record: LedgerRecord) -> bytes:
    """Return a record as it stands in the topic, its hash computed anew."""
    return seal_record(replace(record, hash=NO_HASH))[0]


def written(records: Iterable[LedgerRecord]) -> list[bytes]:
    """Return the values of a topic that holds these records as a chain."""
    return [sealed(record) for record in linked(records)]
