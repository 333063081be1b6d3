"""A record of the ledger of live shares: which reads went to whom, under what, and who answers for them.

A batch of reads is one transaction, and stands in the chain as this: a list of reads for each different set
that went out, sealed; a manifest for each recipient and agreement, which names its list; and last the batch
itself, which accounts for every offset of the input. So three hundred recipients of the same reads cost three
hundred short records and one list. It is the access record of Civ. Code 1798.90.52(a), and kept as long.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.ledger.record import NO_HASH
from streams.ledger.sealed import Sealed
from streams.policy.making import maker_of
from streams.policy.vocabulary import AgreementId, EntityId, Purpose, ReasonCode, Word


class LiveKind(Word):
    """What a record of live shares states."""

    UNKNOWN = "unknown"
    # How much of each volume is used. The first record of a chain is one, and every so often another, so that
    # nobody has to count from the beginning.
    BALANCES = "balances"
    READS = "reads"
    MANIFEST = "manifest"
    BATCH = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How many reads one partition has sent on under an agreement in the period that began then.

    `exceeded` tells that the security team has been told of it.
    """

    agreement_id: AgreementId
    period_start: datetime
    reads: int
    exceeded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldCount:
    """How many reads of a batch go to nobody for one cause."""

    why: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRecord:
    """One link of the chain of live shares of one partition.

    A manifest: `count` deliveries went to `entity_id`, the first ones of the list at `list_seq`; `digest` is
    the hex SHA-256 over their bytes in order, and `kept_back` more did not go, for `reason`. `purpose` and
    `receiving_system` are those of the agreement, `sealed_accountable` who answers for it there and the
    purpose in words. `period_start` is that of its volume, None without one.

    Reads: `count` of them in `sealed_reads`. A batch: `count` reads came in between `source_from` and
    `source_offset`, both included; `withheld` are those that go to nobody, by why. Balances: `balances`, and
    `partition_count` in the first record. `seq`, `prev_hash` and `hash` are as in a ledger record.
    """

    kind: LiveKind
    batch_id: str = ""
    entity_id: EntityId | None = None
    agreement_id: AgreementId | None = None
    agreement_version: int | None = None
    purpose: Purpose | None = None
    receiving_system: str | None = None
    sealed_accountable: Sealed | None = None
    count: int = 0
    digest: str | None = None
    list_seq: int | None = None
    kept_back: int = 0
    reason: ReasonCode | None = None
    period_start: datetime | None = None
    sealed_reads: Sealed | None = None
    withheld: tuple[WithheldCount, ...] = ()
    balances: tuple[Balance, ...] = ()
    partition_count: int | None = None
    books_revision: int
    policy_hash: str
    decided_at: datetime
    source_topic: str
    source_partition: int
    source_from: int | None = None
    source_offset: int | None = None
    partition: int
    seq: int
    prev_hash: bytes
    hash: bytes = NO_HASH


make_live_record = maker_of(LiveRecord)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedRead:
    """One read of a sealed list: its id as the feed gave it, its plate, and when it was made."""

    read_id: str
    plate: str | None
    captured_at: datetime


make_listed_read = maker_of(ListedRead)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadList:
    """The reads of one set that went out, in the order of their deliveries."""

    reads: tuple[ListedRead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accountable:
    """Who answers for a live share at its recipient, and what for in words."""

    user: str
    reason: str
