"""What a draft of live shares is made under: the plan, the instant and the keys, all fixed for its life."""

from dataclasses import dataclass, field
from datetime import datetime

from streams.codecs.accountable import seal_accountable
from streams.ledger.live_record import Accountable
from streams.ledger.sealed import Sealed, Sealer
from streams.policy.live.plan import Plan
from streams.policy.live.share import Share
from streams.policy.vocabulary import AgreementId, EntityId
from streams.topics import Topics


@dataclass(slots=True)
class SealedNames:
    """Who answers for each live share, sealed once in a while and not for each batch.

    The same sealed bytes may stand in any number of manifests: they say the same of the same agreement.
    """

    _kept: dict[tuple[AgreementId, int, str], Sealed] = field(default_factory=dict)

    def of(self, share: Share, sealer: Sealer) -> Sealed:
        """Return who answers for a share, under the key of the month."""
        place = share.agreement_id, share.version, sealer.key_id
        if place not in self._kept:
            accountable = Accountable(user=share.live.accountable_user, reason=share.live.reason)
            self._kept[place] = seal_accountable(accountable, share.agreement_id, share.version, sealer)
        return self._kept[place]

    def keep_only(self, shares: frozenset[Share]) -> None:
        """Forget all but these; versions that are gone would pile up."""
        stand = {(share.agreement_id, share.version) for share in shares}
        self._kept = {place: sealed for place, sealed in self._kept.items() if place[:2] in stand}


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveContext:
    """What one transaction is made under; `missing` are recipients' topics that are not there.

    `worker` is the instance id that acknowledgements carry, `now` an instant in UTC, `agency` who the alerts
    name.
    """

    worker: str
    topics: Topics
    plan: Plan
    now: datetime
    sealer: Sealer
    names: SealedNames
    missing: frozenset[str] = frozenset()

    @property
    def agency(self) -> EntityId:
        """Return whose reads they are."""
        return self.plan.policy.policy.agency.entity_id

    def out_of(self, entity_id: EntityId) -> str:
        """Return the name of the topic that this recipient alone may read."""
        return self.topics.out(entity_id).name
