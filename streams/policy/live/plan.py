"""Who gets which reads at an instant: the live shares that stand, in groups that get the same bytes.

A plan is worked out for one revision of the books and one policy, and stands until the next instant at which
an agreement begins, ends or comes due. No event tells of that, so who uses a plan looks at the clock.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from streams.policy.books import Books
from streams.policy.live.offer import Offer, offer_of
from streams.policy.live.profile import Profile
from streams.policy.live.share import Share, shares_of
from streams.policy.live.withheld import Withheld
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.read_event import ReadEvent
from streams.policy.terms import Terms
from streams.policy.vocabulary import EntityId

# A rule may hang on an instant that is not known here; so long at most it would be met late.
LOOK_AGAIN = timedelta(seconds=1)


class Member(NamedTuple):
    """A recipient of a group, with its live shares in the order of the group's profiles."""

    entity_id: EntityId
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Recipients with the same profiles, which are places in the plan's.

    The first profile that takes a read sends it, so each gets a read once, however many agreements cover it.
    """

    profiles: tuple[int, ...]
    members: tuple[Member, ...]

    def first_in(self, takers: Container[int]) -> int | None:
        """Return the place in the group of the first profile that is among the takers, or None."""
        return next((number for number, place in enumerate(self.profiles) if place in takers), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The live shares of one revision and policy, from `made_at` until `stands_until`.

    INVARIANT: at `stands_until`, which is excluded, nothing in it may be used any more.
    """

    revision: int
    policy: PolicyInForce
    made_at: datetime
    stands_until: datetime
    profiles: tuple[Profile, ...]
    groups: tuple[Group, ...]

    def placed(self, event: ReadEvent, now: datetime) -> tuple[Offer, list[tuple[int, int]]] | Withheld:
        """Return what the read offers and its routes, or why it goes to nobody; it never raises."""
        try:
            offer = offer_of(event, self.policy, now)
            return offer if isinstance(offer, Withheld) else (offer, self.routes(offer, now))
        except Exception:  # noqa: BLE001  # the boundary of live shares: what cannot be evaluated stays here
            return Withheld.FAILED

    def routes(self, offer: Offer, now: datetime) -> list[tuple[int, int]]:
        """Return by which of its profiles each group gets the read: the group's place, the profile's in it.

        Groups that do not get it are left out.
        """
        takers = {place for place, profile in enumerate(self.profiles) if profile.takes(offer, now)}
        return [
            (place, number)
            for place, group in enumerate(self.groups)
            if (number := group.first_in(takers)) is not None
        ]

    def shares(self) -> frozenset[Share]:
        """Return every live share in it."""
        return frozenset(
            share for group in self.groups for member in group.members for share in member.shares
        )


def plan_of(books: Books, policy: PolicyInForce, now: datetime) -> Plan:
    """Return the plan of the books at `now`."""
    shares = shares_of(books, policy, now)
    places = {profile: place for place, profile in enumerate(dict.fromkeys(one.profile for one in shares))}
    grouped: dict[tuple[int, ...], list[Member]] = {}
    for member in _members(shares):
        grouped.setdefault(tuple(places[share.profile] for share in member.shares), []).append(member)
    return Plan(
        revision=books.revision,
        policy=policy,
        made_at=now,
        stands_until=min(
            (
                now + LOOK_AGAIN,
                *_turns(books, policy, now),
                *(share.period.end for share in shares if share.period is not None),
            )
        ),
        profiles=tuple(places),
        groups=tuple(Group(profiles=key, members=tuple(members)) for key, members in grouped.items()),
    )


def _members(shares: tuple[Share, ...]) -> Iterator[Member]:
    by_entity: dict[EntityId, list[Share]] = {}
    for share in shares:
        by_entity.setdefault(share.entity_id, []).append(share)
    for entity_id, its in by_entity.items():
        yield Member(entity_id, tuple(its))


def _turns(books: Books, policy: PolicyInForce, now: datetime) -> Iterator[datetime]:
    """Yield the instants after `now` at which a live share may begin or end."""
    known = [
        *(instant for terms in books.all_terms() if terms.live_feed for instant in _turns_of(terms, policy)),
        *(instant for extension in policy.extensions for instant in (extension.start, extension.end)),
    ]
    return (instant for instant in known if instant > now)


def _turns_of(terms: Terms, policy: PolicyInForce) -> Iterator[datetime]:
    yield from (terms.start, terms.end)
    yield from (instant for instant in (terms.reviewed_at, terms.review_due) if instant is not None)
    for duty in terms.duties:
        yield duty.stops_at(policy.obligation_grace_days)
        if duty.met_at is not None:
            yield duty.met_at
