"""The ledger records of what the gate does, each linked to the one before it.

A decision's record is the access record of Civ. Code 1798.90.52(a): when, which data elements, who and for
which organisation, and for what purpose. It is sealed, for it names a person and a plate. The other kinds
record what is no access, so that every input offset has a record and a missing one can be told. `hash` stays
empty here: linking the bytes fills it in.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from streams.chains.state import Head
from streams.codecs.access import seal_access
from streams.codecs.review_note import seal_review
from streams.gate.arrival import ReviewArrival, WithdrawalArrival
from streams.gate.case import Case
from streams.gate.context import Context
from streams.ledger.record import LedgerRecord, make_ledger_record
from streams.policy.decision import Reason
from streams.policy.digest import malformed_id
from streams.policy.durations import require_duration
from streams.policy.hold import Hold
from streams.policy.making import maker_of
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.vocabulary import RecordKind, RequestId, Verdict

# Long enough for a weekend; what was released in haste has left, so there is no hurry any more.
AFTER_THE_FACT = require_duration("P3D", "review after the fact")
# What has no input offset of its own (the genesis) is named after the place before the first.
BEFORE_ALL = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record stands in the chain, and the input offset that it accounts for, if any.

    `head` is the end of the chain before this record. `offset` is None for what has no input: the genesis and
    the expiry of a hold.
    """

    partition: int
    head: Head
    offset: int | None


make_place = maker_of(Place)


def of_decision(case: Case, payload_digest: str | None, place: Place, context: Context) -> LedgerRecord:
    """Return the record of a decision, a repeat, a resolution or a review that asks for more.

    `payload_digest` is the SHA-256 in hex of the release's bytes, and None where nothing leaves.

    Raises:
        CodecError: what was asked does not fit an access record.
    """
    decision, note = case.decision, case.note
    return make_ledger_record(
        kind=case.kind,
        decision_id=decision.decision_id,
        request_id=decision.request_id,
        follows=case.follows,
        request_digest=decision.request_digest,
        verdict=decision.verdict,
        leading_reason=decision.leading_reason,
        reasons=decision.reasons,
        entity_id=decision.entity_id,
        agreement_id=decision.agreement_id,
        agreement_version=decision.agreement_version,
        books_revision=decision.books_revision,
        policy_hash=decision.policy_hash,
        event_time=decision.event_time,
        decided_at=decision.decided_at,
        sealed_access=seal_access(decision.access, decision.decision_id, context.sealer),
        cleared=decision.cleared,
        sealed_review=None if note is None else seal_review(note, decision.decision_id, context.sealer),
        review_due=_review_due(case),
        obligations=decision.obligations,
        payload_digest=payload_digest,
        source_topic=context.names.requests,
        source_partition=place.partition,
        source_offset=place.offset,
        partition=place.partition,
        seq=place.head.seq + 1,
        prev_hash=place.head.hash,
    )


def _review_due(case: Case) -> datetime | None:
    """Return until when a forward that a reviewer allowed in haste is to be looked at again."""
    in_haste = case.request.exigent and case.decision.cleared and case.decision.verdict is Verdict.FORWARD
    return AFTER_THE_FACT.after(case.decision.decided_at, AGENCY_ZONE) if in_haste else None


def of_refused_act(
    arrival: ReviewArrival | WithdrawalArrival,
    hold: Hold | None,
    reason: Reason,
    place: Place,
    context: Context,
) -> LedgerRecord:
    """Return the record of a review or withdrawal that changes nothing, named after its place in the input.

    Which decision it is about is told only when that one is held: else it is text that anybody may have sent.

    Raises:
        CodecError: the review does not fit a record.
    """
    note = arrival.note if isinstance(arrival, ReviewArrival) else None
    bare = bare_entry(RecordKind.WITHDRAWAL if note is None else RecordKind.REVIEW, place, context)
    return replace(
        bare,
        request_digest=arrival.digest,
        follows=None if hold is None else hold.decision.decision_id,
        verdict=Verdict.BLOCK,
        reasons=(reason,),
        leading_reason=reason.code,
        sealed_review=None if note is None else seal_review(note, bare.decision_id, context.sealer),
    )


def of_malformed(reason: Reason, place: Place, context: Context) -> LedgerRecord:
    """Return the record of bytes that are no request: blocked, with the reason.

    The bytes themselves stand in the dead letter of the same decision id and not here, for the ledger is kept
    for ever and nobody knows what they hold.
    """
    bare = bare_entry(RecordKind.MALFORMED, place, context)
    return replace(bare, verdict=Verdict.BLOCK, reasons=(reason,), leading_reason=reason.code)


def of_genesis(place: Place, context: Context) -> LedgerRecord:
    """Return the first record of a chain, which fixes the number of partitions.

    With another number the same request id would belong to another partition, and its repeat would be decided
    where nobody remembers it.
    """
    return replace(bare_entry(RecordKind.GENESIS, place, context), partition_count=context.topics.partitions)


def of_rerouted(request_id: RequestId, place: Place, context: Context) -> LedgerRecord:
    """Return the record of a request that was moved, undecided, to the partition where its id belongs.

    It accounts for the old offset. The decision is recorded under the new one, in another partition's chain.
    """
    return replace(bare_entry(RecordKind.REROUTED, place, context), request_id=request_id)


def bare_entry(kind: RecordKind, place: Place, context: Context) -> LedgerRecord:
    """Return the record of what is no decision on a request, named after its place in the input."""
    topic = context.names.requests
    # Not by content, which may be unreadable. A place is read again after an abort and gets the same id.
    offset = BEFORE_ALL if place.offset is None else place.offset
    return make_ledger_record(
        kind=kind,
        decision_id=malformed_id(topic, place.partition, offset),
        verdict=Verdict.UNKNOWN,
        books_revision=context.revision,
        policy_hash=context.policy.policy_hash,
        decided_at=context.now,
        source_topic=topic,
        source_partition=place.partition,
        source_offset=place.offset,
        partition=place.partition,
        seq=place.head.seq + 1,
        prev_hash=place.head.hash,
    )
