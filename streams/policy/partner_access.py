"""Whether an agreement explains that a partner searched: one that was in force at that very moment.

A vendor's audit export tells who searched and when. The gate carries none of it, so all it can do is look
whether somebody had agreed to it: by the books as they were then, for an agreement that came later explains
nothing, and one that was revoked since explains what was before.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from streams.policy.books import BooksView
from streams.policy.decision import Reason
from streams.policy.drift import reasons_against
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.reasons import refuse
from streams.policy.resolver import is_agency
from streams.policy.share_memory import Share
from streams.policy.vocabulary import ReasonCode, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerAccess:
    """One search that a log tells of: by whom as named there, when (UTC), in which networks if it says so."""

    organisation: str
    at: datetime
    networks: tuple[str, ...] = ()


class Ground(NamedTuple):
    """The books and the policy as they were at a moment."""

    books: BooksView
    policy: PolicyInForce


# None where nothing was in force yet.
GroundAt = Callable[[datetime], Ground | None]


class Explained(NamedTuple):
    """An access, and why nothing explains it; without a reason an agreement does."""

    access: PartnerAccess
    reasons: tuple[Reason, ...]


def explained(accesses: Iterable[PartnerAccess], ground_at: GroundAt) -> Iterator[Explained]:
    """Yield every access of a partner, the earliest first; the agency's own are no partner's.

    `ground_at` is asked for moments that only rise.
    """
    for access in sorted(accesses, key=lambda one: (one.at, one.organisation)):
        ground = ground_at(access.at)
        if ground is None:
            nothing = refuse(ReasonCode.NO_AGREEMENT, "searched_at", "no policy was in force then")
            yield Explained(access, (nothing,))
        elif not is_agency(access.organisation, ground.policy, ground.books):
            yield Explained(access, _reasons(access, ground))


def _reasons(access: PartnerAccess, ground: Ground) -> tuple[Reason, ...]:
    """Return what speaks against it in any of its networks, each reason once."""
    shares = (
        Share(vendor="", network=network, recipient_name=access.organisation, scope=Scope.SEARCH)
        for network in access.networks or ("",)
    )
    found = (reasons_against(share, ground.books, ground.policy, access.at) for share in shares)
    return tuple(dict.fromkeys(reason for reasons in found for reason in reasons))
