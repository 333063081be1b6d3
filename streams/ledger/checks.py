"""The checks that each record of a chain must pass, in the order in which they are made.

Each takes the progress so far and the record, and gives the flaw or None. Whether the record is what its own
hash says was checked before.

Real failures were unknowable because the only log was the vendor's, and was missing. So a chain has to show
by itself that nothing was left out: positions, links and offsets first, then what a record may say at all.
"""

from collections.abc import Callable

from streams.ledger.flaws import Flaw
from streams.ledger.progress import Progress
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import RecordKind, Verdict

Check = Callable[[Progress, LedgerRecord], Flaw | None]

# What somebody did to a hold and that resolved none.
_RESOLVES_NOTHING = frozenset({RecordKind.REVIEW, RecordKind.WITHDRAWAL})
_MAY_RELEASE = frozenset({RecordKind.DECISION, RecordKind.RESOLUTION, RecordKind.DISCLOSURE})
_WITH_VERDICT = _RESOLVES_NOTHING | _MAY_RELEASE | {RecordKind.REPEAT}
# What happens without input: the beginning, and a hold whose time is up.
_WITHOUT_INPUT = frozenset({RecordKind.GENESIS, RecordKind.RESOLUTION})


def in_sequence(progress: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that the record stands where its sequence number says."""
    return None if record.seq == progress.count else Flaw.WRONG_SEQ


def linked(progress: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that the record names the hash of the one before, or zeros when there is none."""
    return None if record.prev_hash == progress.hash else Flaw.BROKEN_LINK


def begun_once(progress: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that the first record, and no other, is a genesis record with the number of partitions."""
    count = record.partition_count
    if progress.count == 0:
        begins = record.kind is RecordKind.GENESIS and count is not None and 0 <= record.partition < count
        return None if begins else Flaw.NO_GENESIS
    return None if record.kind is not RecordKind.GENESIS and count is None else Flaw.SECOND_GENESIS


def of_known_kind(_: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that this version knows what the record states."""
    return Flaw.UNKNOWN_KIND if record.kind is RecordKind.UNKNOWN else None


def of_this_partition(progress: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that the record and its input belong to the partition of the chain."""
    # The first record says which chain it is, unless the verifier was told.
    expected = record.partition if progress.partition is None else progress.partition
    return None if expected == record.partition == record.source_partition else Flaw.WRONG_PARTITION


def of_no_older_books(progress: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that the revision of the books does not decrease."""
    if progress.revision is None or record.books_revision >= progress.revision:
        return None
    return Flaw.REVISION_DECREASED


def of_new_input(progress: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that the record accounts for an input that none before it accounts for.

    Offsets may have gaps: Kafka counts the markers of transactions too. Whether an input was left out is
    asked of the topic itself, by `streams.ledger.reconcile`.
    """
    if record.source_offset is None:
        return None if record.kind in _WITHOUT_INPUT else Flaw.OFFSET_MISSING
    return None if record.source_offset > progress.offset else Flaw.OFFSET_NOT_INCREASING


def follows_a_decision(progress: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that a repeat repeats a decision, and a resolution resolves a hold, once.

    A review or a withdrawal that resolves nothing is about a decision, or was refused and is about none that
    is known; a disclosure was ruled on before, or not.
    """
    if record.kind is RecordKind.REPEAT:
        return None if record.follows in progress.decided else Flaw.REPEATS_NOTHING
    if record.kind in _RESOLVES_NOTHING or record.kind is RecordKind.DISCLOSURE:
        known = record.follows is None or record.follows in progress.decided
        return None if known else Flaw.REVIEWS_NOTHING
    if record.kind is not RecordKind.RESOLUTION or record.follows in progress.open_holds:
        return None
    return Flaw.RESOLVED_TWICE if record.follows in progress.decided else Flaw.RESOLVES_NOTHING


def of_one_mind(_: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that reasons are empty exactly for a forward."""
    if record.kind not in _WITH_VERDICT or (record.verdict is Verdict.FORWARD) is not bool(record.reasons):
        return None
    return Flaw.VERDICT_WITHOUT_REASON


def with_its_payload(_: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that exactly what forwards names the digest of what left; a repeat forwards nothing."""
    # A repeat of a forward says forward and releases nothing: the recipient has it already.
    releases = record.kind in _MAY_RELEASE and record.verdict is Verdict.FORWARD
    return None if releases is (record.payload_digest is not None) else Flaw.PAYLOAD_MISPLACED


def by_its_own_way(_: Progress, record: LedgerRecord) -> Flaw | None:
    """Check that legal process, and nothing else, names an authority, and no agreement has a part in it."""
    if record.kind is not RecordKind.DISCLOSURE:
        return None if record.authority is None else Flaw.DISCLOSURE_MIXED
    matched = record.entity_id is not None or record.agreement_id is not None
    unfounded = record.verdict is Verdict.FORWARD and record.authority is None
    return Flaw.DISCLOSURE_MIXED if matched or unfounded else None


# Where it stands before what it says: a record out of place makes every later complaint misleading.
CHECKS: tuple[Check, ...] = (
    of_this_partition,
    in_sequence,
    linked,
    begun_once,
    of_known_kind,
    of_no_older_books,
    of_new_input,
    follows_a_decision,
    of_one_mind,
    with_its_payload,
    by_its_own_way,
)


def first_flaw(progress: Progress, record: LedgerRecord) -> Flaw | None:
    """Return the first flaw that a check finds, or None."""
    return next((flaw for check in CHECKS if (flaw := check(progress, record)) is not None), None)
