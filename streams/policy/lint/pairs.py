"""Agreements that cover the same: one that adds nothing to another, and two that a request fits both.

The gate decides under one agreement alone and names it on the record. Where two fit, it depends on their ids
which one that is, and a revocation of one leaves the other open: a trap for whoever revokes in a hurry.
"""

from collections.abc import Iterator

from streams.policy.books import Books
from streams.policy.lint.finding import Check, Finding, finding_of
from streams.policy.terms import Terms
from streams.policy.vocabulary import AgreementId, AgreementStatus


def pair_findings(books: Books) -> Iterator[Finding]:
    """Yield a finding for each agreement that another shadows, and for each two others that overlap."""
    told: set[frozenset[AgreementId]] = set()
    for entity in books.entities():
        standing = books.standing(entity.entity_id)
        usable = () if standing is None else tuple(one for one in standing.terms if _is_active(one))
        # Of those that it inherits only against its own: among themselves they are told of their own entity.
        for own in (one for one in usable if one.agreement.entity_id == entity.entity_id):
            for other in (one for one in usable if one is not own):
                pair = frozenset({own.agreement_id, other.agreement_id})
                if pair not in told and (found := _between(own, other)):
                    told.add(pair)
                    yield found


def _is_active(terms: Terms) -> bool:
    return terms.status is AgreementStatus.ACTIVE


def _between(own: Terms, other: Terms) -> Finding | None:
    """Return what there is to say of two agreements that one entity may use, told of the first."""
    if _adds_nothing(own, other):
        message = f"it adds nothing to `{other.agreement_id}`, and outlives its revocation"
        return finding_of(own.agreement, Check.SHADOWED, "agreement_id", message)
    # The other way round it is told of the other, unless that one is inherited and others use it too.
    if other.agreement.entity_id == own.agreement.entity_id and _adds_nothing(other, own):
        message = f"it adds nothing to `{own.agreement_id}`, and outlives its revocation"
        return finding_of(other.agreement, Check.SHADOWED, "agreement_id", message)
    if _overlaps(own, other):
        message = f"a request can fit `{other.agreement_id}` as well; to stop sharing, both must be revoked"
        return finding_of(own.agreement, Check.OVERLAPPING, "agreement_id", message)
    return None


def _overlaps(one: Terms, other: Terms) -> bool:
    """Tell whether a request can be made that both cover."""
    return (
        max(one.start, other.start) < min(one.end, other.end)
        and bool(one.data_types & other.data_types)
        and (bool(one.scopes & other.scopes) or not (one.scopes or other.scopes))
        and bool(one.purposes & other.purposes)
        and (one.networks is None or other.networks is None or bool(one.networks & other.networks))
    )


def _adds_nothing(one: Terms, other: Terms) -> bool:
    """Tell whether the other is in force whenever the first is, and covers all that it covers."""
    inner, outer = one.window(), other.window()
    if inner is None or outer is None or not (outer[0] <= inner[0] and inner[1] <= outer[1]):
        return False
    return (
        one.data_types <= other.data_types
        and one.scopes <= other.scopes
        and one.purposes <= other.purposes
        and set(one.agreement.fields) <= set(other.agreement.fields)
        and _adds_no_live_share(one, other)
        and (other.networks is None or (one.networks is not None and one.networks <= other.networks))
        and _is_no_older(one, other)
    )


def _adds_no_live_share(one: Terms, other: Terms) -> bool:
    """Tell whether the other gives the same live share, if the first gives one; its terms are one's own."""
    return not one.live_feed or (other.live_feed and one.agreement.live_terms == other.agreement.live_terms)


def _is_no_older(one: Terms, other: Terms) -> bool:
    """Tell whether no read is young enough for the first and too old for the other; in doubt it is not."""
    first, second = one.max_record_age, other.max_record_age
    if first is None or second is None:
        return False
    # In two zones the same span may end hours apart.
    return first.is_within(second) if one.zone == other.zone else first.longest <= second.shortest
