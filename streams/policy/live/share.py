"""One live share: an agreement that lets reads go to one recipient as they come in.

It is judged like a standing request of that recipient, for all that its agreement covers: the statutory
floor, Special Order 31, the screened words of the reason, the term, the review and what is owed. So a rule
that is added to `streams.policy.rules` holds for live shares, too.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.books import Books, BooksView
from streams.policy.decide import judged
from streams.policy.decision import Reason
from streams.policy.entity import Entity
from streams.policy.live.budget import Limit, Period, is_readable, limit_of
from streams.policy.live.profile import Profile, profile_of
from streams.policy.live_terms import LiveTerms
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.reasons import refuse
from streams.policy.request import Requester, SharingRequest
from streams.policy.terms import Terms
from streams.policy.vocabulary import (
    AgreementId,
    EntityId,
    Initiator,
    ReasonCode,
    RequestId,
    RequestKind,
    Scope,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one agreement lets go to its entity, and who answers for it there.

    `limit` is None for none, and so is `period`, the present one that reads count in.
    """

    entity_id: EntityId
    agreement_id: AgreementId
    version: int
    live: LiveTerms
    profile: Profile
    limit: Limit | None
    period: Period | None


def shares_of(books: Books, policy: PolicyInForce, now: datetime) -> tuple[Share, ...]:
    """Return the live shares that stand at `now`, by entity and agreement.

    Only with the entity that an agreement is with: what it lends to a unit is asked for by that unit, and its
    receiving system is not the unit's.
    """
    found = (_share(terms, books, policy, now) for terms in books.all_terms() if terms.live_feed)
    shares = [share for share in found if share is not None]
    return tuple(sorted(shares, key=lambda share: (share.entity_id, share.agreement_id)))


def _share(terms: Terms, books: BooksView, policy: PolicyInForce, now: datetime) -> Share | None:
    live = terms.agreement.live_terms
    profile = None if live is None else profile_of(terms, live)
    if live is None or profile is None or reasons_against(terms, books, policy, now):
        return None
    limit = limit_of(terms)
    return Share(
        entity_id=terms.agreement.entity_id,
        agreement_id=terms.agreement_id,
        version=terms.version,
        live=live,
        profile=profile,
        limit=limit,
        period=None if limit is None else limit.period_at(now),
    )


def reasons_against(
    terms: Terms, books: BooksView, policy: PolicyInForce, now: datetime
) -> tuple[Reason, ...]:
    """Return all that keeps an agreement from giving a live share at `now`; empty when it gives one."""
    live, entity = terms.agreement.live_terms, books.entity(terms.agreement.entity_id)
    if live is None or not terms.live_feed:
        return (_not_covered(terms, "live_terms", "a live share: it has no live terms"),)
    if entity is None:
        message = f"`{terms.agreement.entity_id}` is not in the registry"
        return (refuse(ReasonCode.RECIPIENT_UNRESOLVED, "recipient_id", message),)
    found, _ = judged(_standing_request(terms, live, entity, now), books, policy, now, terms.agreement_id)
    return (*found.reasons, *_unreadable(terms, live))


def _unreadable(terms: Terms, live: LiveTerms) -> tuple[Reason, ...]:
    """Return what of the live terms cannot be read; the rules know no such fields."""
    reasons = []
    if not live.receiving_system.strip():
        reasons.append(_not_covered(terms, "live_terms.receiving_system", "a system that it does not name"))
    if profile_of(terms, live) is None:
        reasons.append(_not_covered(terms, "live_terms.time_coarseness", "times that cannot be cut"))
    if not is_readable(terms):
        reasons.append(_not_covered(terms, "volume_budget", "a volume that cannot be read"))
    return tuple(reasons)


def _not_covered(terms: Terms, field: str, what: str) -> Reason:
    message = f"agreement `{terms.agreement_id}` does not cover {what}"
    return refuse(ReasonCode.SCOPE_NOT_COVERED, field, message)


def _standing_request(terms: Terms, live: LiveTerms, entity: Entity, now: datetime) -> SharingRequest:
    """Return the request that the live terms amount to, as if their recipient made it now."""
    return SharingRequest(
        request_id=RequestId(f"live/{terms.agreement_id}"),
        kind=RequestKind.STANDING_SHARE,
        initiated_by=Initiator.RECIPIENT,
        recipient_name=entity.name,
        recipient_id=entity.entity_id,
        requested_by=Requester(user=live.accountable_user, organisation=entity.name),
        # Two people have signed the agreement into the books, which is more than an intake knows.
        authenticated_as=entity.entity_id,
        purpose_code=live.purpose,
        reason_text=live.reason,
        data_types=terms.agreement.data_types,
        scopes=(Scope.VMS_LIVE,),
        requested_at=now,
        channel="live",
    )
