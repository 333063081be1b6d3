"""What a replay looks at in every record: what became of a request, and for whom it was.

The gate has read a request in full before it put a decision on record, and `alpr-gate ledger verify` is who
checks the ledger. So of those a glance is enough, and a replay of months does not read them all over again.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.codecs.glance import Glance
from streams.ledger.record import LedgerRecord
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, RecordKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A reason on record, as its code."""

    code: ReasonCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of one input, and at which offset of its partition it stands; None for no input."""

    kind: RecordKind
    reasons: tuple[Given, ...]
    decided_at: datetime
    source_offset: int | None

    @property
    def is_vouched(self) -> bool:
        """Tell whether the gate found a seal that holds, so that somebody vouches for the sender."""
        return all(reason.code is not ReasonCode.REQUESTER_NOT_AUTHENTICATED for reason in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """For whom something is asked, in the words of the request."""

    recipient_name: str


settled = Glance(LedgerRecord, Settled, {"Reason": Given}).at
addressed = Glance(SharingRequest, Addressed, {}).at
