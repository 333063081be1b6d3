"""Live shares for tests: the base agreement with live terms, reads, and who gets what."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from streams.policy.books import Books
from streams.policy.live.delivery import Delivery
from streams.policy.live.offer import Offer, offer_of
from streams.policy.live.plan import plan_of
from streams.policy.live.withheld import Withheld
from streams.policy.read_event import ReadEvent
from streams.rehearsal.plain_values import Plain, build, changed
from tests.policy.building import NOW, in_force, some_books

LIVE_AGREEMENT: Plain = {
    "live_feed": True,
    "scopes": ["vms_live", "hot_list"],
    "live_terms": {
        "receiving_system": "Pasadena ALPR server",
        "accountable_user": "administrator, Pasadena PD",
        "purpose": "criminal_investigation",
        "reason": "stolen vehicles on the way to the city",
        "hot_lists": ["stolen vehicles", "CLETS stolen"],
    },
}
EVENT: Plain = {
    "read": {
        "read_id": "north:cam-7:1",
        "captured_at": "2026-05-01T18:59:58Z",
        "plate": "8ABC123",
        "plate_region": "US-CA",
        "confidence": 0.97,
        "camera_id": "cam-7",
        "camera_name": "Main St",
        "network": "north",
        "latitude": 34.147785,
        "longitude": -118.144516,
        "heading_degrees": 90.0,
        "vehicle_make": "Toyota",
        "vehicle_model": "Corolla",
        "vehicle_color": "white",
        "image_reference": "img-1",
    },
    "feed": "north",
    "plate_as_read": "8ABC123",
    "received_at": "2026-05-01T18:59:59Z",
    "source_digest": "0" * 64,
}
HIT: Plain = {
    "owner": "Los Angeles CA PD",
    "list_name": "stolen vehicles",
    "reason": "stolen",
    "case_number": "26-001",
}


def live_agreement(**changes: Any) -> Plain:
    """Return changes of the base agreement that make it a live share, with more changes."""
    return changed(deepcopy(LIVE_AGREEMENT), changes)


def live_books(given: Plain | None = None) -> Books:
    """Return the base books with a live share with Pasadena, and with changes."""
    given = given or {}
    return some_books({**given, "agreement": live_agreement(**given.get("agreement", {}))})


def an_event(**changes: Any) -> ReadEvent:
    """Return a read with changes."""
    return build(ReadEvent, changed(deepcopy(EVENT), changes))


def delivered(books: Books, event: ReadEvent, now: datetime = NOW) -> dict[str, Delivery] | Withheld:
    """Return what each recipient gets of the read, or why nobody gets it."""
    offer = offer_of(event, in_force(books), now)
    return offer if isinstance(offer, Withheld) else _of_offer(books, offer, now)


def _of_offer(books: Books, offer: Offer, now: datetime) -> dict[str, Delivery]:
    plan = plan_of(books, in_force(books), now)
    return {
        member.entity_id: member.shares[number].profile.cut(offer, "batch", 1)
        for place, number in plan.routes(offer, now)
        for member in plan.groups[place].members
    }
