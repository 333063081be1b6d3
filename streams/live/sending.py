"""Sends the lots of a batch to the members of their groups, within their volumes, each with its manifest."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from streams.ledger.live_record import Balance, LiveKind
from streams.live.alerts import volume_alert
from streams.live.context import LiveContext
from streams.live.journal import LiveJournal
from streams.live.lots import Lot, Lots
from streams.live.state import balance_at, counted
from streams.policy.live.share import Share
from streams.policy.vocabulary import AgreementId, ReasonCode


@dataclass(frozen=True, slots=True)
class _Batch:
    batch_id: str
    source_from: int
    source_offset: int


class Sending:
    """What one draft sends; `balances` are the volumes that it changes, `used` the shares that it uses."""

    def __init__(
        self, context: LiveContext, journal: LiveJournal, before: Mapping[AgreementId, Balance]
    ) -> None:
        self.balances: dict[AgreementId, Balance] = {}
        self.used: dict[AgreementId, Share] = {}
        self.delivered = 0
        # How many deliveries were kept back, by why.
        self.kept_back: dict[ReasonCode, int] = {}
        self._context = context
        self._journal = journal
        self._known: Mapping[AgreementId, Balance] = ChainMap(self.balances, dict(before))

    def send(self, lots: Lots, batch_id: str, source_from: int, source_offset: int) -> None:
        """Send every lot, and write its manifests."""
        batch = _Batch(batch_id, source_from, source_offset)
        for group, number, lot in lots.by_group():
            for member in group.members:
                self._send(member.shares[number], lot, batch)

    def _send(self, share: Share, lot: Lot, batch: _Batch) -> None:
        whole = len(lot.rows)
        count, reason, period_start = self._allowed(share, whole)
        list_seq = None
        if count:
            list_seq = self._journal.list_of(lot, batch.batch_id, batch.source_from, batch.source_offset)
            # The list itself and no copy, where all of it goes: hundreds of recipients share it.
            self._journal.deliver(share.entity_id, lot.rows if count == whole else lot.rows[:count])
            self.used[share.agreement_id] = share
            self.delivered += count
        manifest = self._journal.append(
            LiveKind.MANIFEST,
            batch_id=batch.batch_id,
            entity_id=share.entity_id,
            agreement_id=share.agreement_id,
            agreement_version=share.version,
            purpose=share.live.purpose,
            receiving_system=share.live.receiving_system,
            sealed_accountable=self._context.names.of(share, self._context.sealer),
            count=count,
            digest=lot.digest(count) if count else None,
            list_seq=list_seq,
            kept_back=whole - count,
            reason=reason,
            period_start=period_start,
            source_from=batch.source_from,
            source_offset=batch.source_offset,
        )
        if reason is not None:
            self.kept_back[reason] = self.kept_back.get(reason, 0) + whole - count
        if period_start is not None:
            self._count(share, counted(self._known, manifest), period_start)

    def _allowed(self, share: Share, whole: int) -> tuple[int, ReasonCode | None, datetime | None]:
        """Return how many of so many reads may go, why not more, and the period that they count in."""
        limit, period_start = share.limit, None if share.period is None else share.period.start
        if self._context.out_of(share.entity_id) in self._context.missing:
            return 0, ReasonCode.RECIPIENT_UNAVAILABLE, period_start
        if limit is None or period_start is None:
            return whole, None, None
        used = balance_at(self._known, share.agreement_id, period_start).reads
        left = max(0, limit.share(self._context.topics.partitions) - used)
        return (
            (whole, None, period_start) if whole <= left else (left, ReasonCode.VOLUME_EXCEEDED, period_start)
        )

    def _count(self, share: Share, after: dict[AgreementId, Balance], period_start: datetime) -> None:
        """Note what is used; tell once in a period that it is spent."""
        was_told = balance_at(self._known, share.agreement_id, period_start).exceeded
        if after[share.agreement_id].exceeded and not was_told:
            self._journal.alert([volume_alert(share, self._context, period_start)])
        self.balances |= after
