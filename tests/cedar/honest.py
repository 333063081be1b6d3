"""Honest requests at one moment, and the moment: what every near miss is a change of."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from streams.policy.entity import Entity
from streams.policy.request import PlateRead, Selector, SharingRequest
from streams.policy.vocabulary import DataType, EntityId, Initiator, RequestKind, Scope
from tests.cedar.world import World
from tests.policy.building import NOW, a_request

BASE = a_request()


def honest(rng: Random, world: World, who: Entity) -> SharingRequest:
    """Return a search by `who`, standing access or a hot list for it, or a push to it."""
    search = replace(
        BASE,
        recipient_name=rng.choice((who.name, *who.aliases)),
        recipient_id=rng.choice((None, who.entity_id)),
        requested_by=replace(BASE.requested_by, organisation=who.name),
        authenticated_as=who.entity_id,
    )
    form = rng.randrange(10)
    if form == 0:
        return replace(search, kind=RequestKind.STANDING_SHARE, scopes=(Scope.SEARCH,), selector=Selector())
    if form == 1:
        types, scopes = (DataType.HOTLIST_HIT,), (Scope.HOT_LIST,)
        return replace(
            search, kind=RequestKind.HOTLIST_SHARE, data_types=types, scopes=scopes, selector=Selector()
        )
    return _pushed(rng, world, search) if form < 4 else search


def _pushed(rng: Random, world: World, search: SharingRequest) -> SharingRequest:
    agency = world.policy.agency
    name = rng.choice((agency.name, agency.entity_id))
    return replace(
        search,
        initiated_by=Initiator.AGENCY,
        requested_by=replace(search.requested_by, organisation=name),
        authenticated_as=EntityId(agency.entity_id),
        selector=Selector(),
        records=tuple(a_read(days) for days in range(1, rng.randint(2, 4))),
    )


def a_read(days: int, captured_at: datetime | None = None) -> PlateRead:
    """Return a read of some days ago, or of that instant."""
    captured = captured_at or NOW - timedelta(days=days)
    return PlateRead(read_id=f"read-{days}", captured_at=captured, plate="8ABC123", network="north")
