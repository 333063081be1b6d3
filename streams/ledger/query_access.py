"""The access record of one search (Civ. Code 1798.90.52(a)), one link of the chain of its partition.

Apart from the ledger of decisions: nothing is decided about a search that is over. What was told of it is
sealed whole, for it names a person and a plate; what was found about it is not.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.ledger.record import NO_HASH
from streams.ledger.sealed import Sealed
from streams.policy.query_finding import QueryFinding
from streams.policy.vocabulary import DecisionId, EntityId, QueryId, Word


class AccessKind(Word):
    """What a record says of its input: an access, the same told once more, or what could not be read."""

    UNKNOWN = "unknown"
    ACCESS = "access"
    REPEAT = "repeat"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAccess:
    """One link. `source` is the log that tells of the search, `entity_id` who searched, if that is known.

    `access_id` is that of what was told, so that a repeat has the id of the first; of what cannot be read it
    is that of its place. `sealed_query` is of a search alone. `books_revision` and
    `policy_hash` are what it was screened under. Instants are UTC.
    """

    kind: AccessKind
    access_id: DecisionId
    query_id: QueryId | None = None
    query_digest: str | None = None
    source: str | None = None
    entity_id: EntityId | None = None
    searched_at: datetime | None = None
    recorded_at: datetime
    findings: tuple[QueryFinding, ...] = ()
    sealed_query: Sealed | None = None
    books_revision: int
    policy_hash: str
    source_topic: str
    source_partition: int
    source_offset: int
    partition: int
    seq: int
    prev_hash: bytes
    hash: bytes = NO_HASH
