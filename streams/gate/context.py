"""What a draft decides under: the books, the policy, the instant, and the keys, all fixed for its life.

One context serves a whole transaction, so all of its records are decided at the same instant and under the
same revision, and the ledger can say of each what it was decided under. The books are the replica's own and
change in place; the writer asks before the commit whether their revision is still that of the context.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from streams.codecs.vault import Vault
from streams.gate.marks import Marks
from streams.gate.topic_names import TopicNames, names_of
from streams.ledger.sealed import Sealer
from streams.ledger.signed_note import Verifier
from streams.policy.books import BooksView
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.notices import Notice
from streams.policy.policy_in_force import PolicyInForce
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The intakes' keys by key id, the key of the pseudonyms that alerts carry, and the keys of the months.

    A purpose each, and a key each: who reads alerts and learns to link pseudonyms can still seal nothing.
    `reviewers` are the people who may clear what is held in the ledger `origin`, `counsel` those who may have
    something disclosed by legal process; without any, nobody can.
    """

    intake: Mapping[str, bytes]
    pseudonym: bytes
    vault: Vault
    origin: str = ""
    reviewers: tuple[Verifier, ...] = ()
    counsel: tuple[Verifier, ...] = ()

    def pseudonym_of(self, name: str) -> str:
        """Return an HMAC-SHA-256 pseudonym of the name, 16 hex digits, for the readers of alerts.

        The same name has the same pseudonym as long as the key lasts, so that a pattern shows and a person
        does not. A plain hash would not do: names are few enough to try them all.
        """
        # A name from outside may hold half a surrogate pair, which strict UTF-8 refuses to encode.
        return hmac.digest(self.pseudonym, name.encode(errors="surrogatepass"), "sha256").hex()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Everything besides the partition's state. `missing` are recipients' topics that do not exist.

    `worker` is the instance id that acknowledgements carry, `revision` the offset in the books' topic of the
    last change, `now` an instant in UTC, `sealer` what seals in its month. `overdue` are the evidence holds
    and the notices to alert of. `names` are those of `topics`. An exigent request waits for a reviewer for
    `haste` at most. `marks` are those of all partitions; a hold that ends leaves one for so long as
    `remembrance`.
    """

    worker: str
    topics: Topics
    keys: Keys
    books: BooksView
    policy: PolicyInForce
    revision: int
    now: datetime
    sealer: Sealer
    missing: frozenset[str] = frozenset()
    overdue: tuple[EvidenceHold | Notice, ...] = ()
    haste: timedelta = timedelta(hours=1)
    marks: Marks = field(default_factory=Marks)
    remembrance: timedelta = timedelta(days=30)
    names: TopicNames = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", names_of(self.topics))
