"""All that is known about the live shares of one partition: where the chain stands, volumes, ids gone out.

INVARIANT: the state that a worker has after a commit equals the one that another worker replays from the
chain, so a worker may be killed at any instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from streams.chains.state import ChainState
from streams.ledger.live_record import Balance, LiveKind, LiveRecord
from streams.live.memory import SentReads
from streams.policy.vocabulary import AgreementId, ReasonCode

# So many records at most are counted again after a change of owner.
RECORDS_BETWEEN_BALANCES = 10_000


@dataclass(slots=True, kw_only=True)
class LiveState:
    """The state of one partition. `since_balances` counts the records after the last balances; None is none.

    `balances` are the volumes used, each in its latest period.
    """

    chain: ChainState
    sent: SentReads
    balances: dict[AgreementId, Balance] = field(default_factory=dict)
    since_balances: int | None = None

    def replay(self, record: LiveRecord) -> None:
        """Take in one record of the chain, in order; what a list holds is for who can open it.

        Raises:
            LedgerError: it does not continue the one before.
        """
        self.chain.follow(record)
        if record.kind is LiveKind.BALANCES:
            # All that was counted before, whether or not it was replayed.
            self.balances = {one.agreement_id: one for one in record.balances}
            self.since_balances = 0
        elif self.since_balances is not None:
            self.since_balances += 1
        if record.kind is LiveKind.MANIFEST:
            self.balances |= counted(self.balances, record)

    @property
    def owes_balances(self) -> bool:
        """Tell whether the next transaction is to begin with how much of each volume is used."""
        return self.since_balances is None or self.since_balances >= RECORDS_BETWEEN_BALANCES


def balance_at(
    balances: Mapping[AgreementId, Balance], agreement_id: AgreementId, period_start: datetime
) -> Balance:
    """Return what is used of a volume in the period that began then."""
    known = balances.get(agreement_id)
    if known is not None and known.period_start == period_start:
        return known
    return Balance(agreement_id=agreement_id, period_start=period_start, reads=0)


def counted(balances: Mapping[AgreementId, Balance], manifest: LiveRecord) -> dict[AgreementId, Balance]:
    """Return what a manifest makes of the volume of its agreement; nothing when that has none."""
    agreement_id, period_start = manifest.agreement_id, manifest.period_start
    if agreement_id is None or period_start is None:
        return {}
    before = balance_at(balances, agreement_id, period_start)
    return {
        agreement_id: replace(
            before,
            reads=before.reads + manifest.count,
            exceeded=before.exceeded or manifest.reason is ReasonCode.VOLUME_EXCEEDED,
        )
    }
