"""What a demonstration plays: books to apply, and messages to send under them.

Made before anything runs, so that no message costs time while times are taken. A simulated day shows every
rule; a file of real notices or portals shows what the gate would have said of shares that were asked for or
that exist.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from streams.adapters.csv_rows import Rows
from streams.adapters.intake import Intake
from streams.adapters.share_notices import parse_notices
from streams.adapters.share_portals import parse_edges, request_of
from streams.codecs.files import read_agreements, read_policy, read_registry
from streams.codecs.keyring import Keyring
from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.request import encode_request
from streams.codecs.whole_file import read_text
from streams.demo.crowd import Message
from streams.errors import InputError
from streams.examples import read_example
from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.request import SharingRequest
from streams.policy.user import User
from streams.policy.vocabulary import AgreementId, EntityId
from streams.simulators.agencies import Condition, Region, simulated_region
from streams.simulators.malformed import Malformed, malformed
from streams.simulators.traffic import Day

SEED = 1
# One in a hundred: enough to see that it harms nobody, too little to drown the rest.
GARBAGE_EVERY = 100
# ISO 8601; older than any record of a plate reader.
HISTORICAL_AGE = "P30Y"
# Room for the key and the headers beside the value.
LARGEST = INPUT_LIMIT - 1024
NOTICES = {"requesting_organisation"}
PORTALS = ({"src_agency"}, {"agency", "external_organizations_with_access"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Books and messages. `to_revoke` is revoked half-way; `unlawful` is tried, and has to be refused.

    The messages are in the order of sending. `to_revoke` is None for real requests.
    """

    policy: AgencyPolicy
    entities: tuple[Entity, ...]
    agreements: tuple[Agreement, ...]
    messages: tuple[Message, ...]
    users: tuple[User, ...] = ()
    to_revoke: AgreementId | None = None
    unlawful: tuple[Agreement, ...] = ()


def simulated_day(keyring: Keyring, now: datetime, count: int) -> Material:
    """Return a day of simulated traffic, with garbage in between.

    The same keyring, time and number give the same messages, so that two runs can be compared.
    """
    region = simulated_region(SEED, now)
    unlawful = _without_clause(region)
    # The first of those in force, which the traffic asks for often enough to show a before and an after.
    victim = region.neighbours[Condition.IN_FORCE][0].agreement
    return Material(
        policy=region.policy,
        entities=tuple(region.entities()),
        agreements=tuple(one for one in region.agreements() if one not in unlawful),
        users=region.users,
        # All at once: to encode and seal while sending would slow the senders.
        messages=tuple(_with_garbage(Day(region, keyring, now, SEED), count)),
        to_revoke=None if victim is None else victim.agreement_id,
        unlawful=unlawful[:1],
    )


def _without_clause(region: Region) -> tuple[Agreement, ...]:
    """Return the agreements that lack a clause against onward sharing, which no books take."""
    neighbours = region.neighbours[Condition.NO_CLAUSE]
    return tuple(one.agreement for one in neighbours if one.agreement is not None)


def _with_garbage(day: Day, count: int) -> Iterator[Message]:
    dice = random.Random(SEED)
    spoilt: Iterator[Malformed] = iter(())
    for number, simulated in enumerate(day.requests(count)):
        value = encode_request(simulated.request)
        yield Message(simulated.request.request_id.encode(), value)
        if number % GARBAGE_EVERY == 0:
            bad = next(spoilt, None)
            if bad is None:
                spoilt = _spoilt(value, dice.randrange(1 << 30))
                bad = next(spoilt)
            yield Message(f"garbage-{number}".encode(), bad.value)


def _spoilt(value: bytes, seed: int) -> Iterator[Malformed]:
    """Yield malformed values of every kind that the broker lets into the topic."""
    return (bad for bad in malformed(value, seed) if bad.value is None or len(bad.value) < LARGEST)


def real_requests(requests: Path, registry: Path | None, keyring: Keyring) -> Material:
    """Return the requests of a file of notices or portals, under the example policy and agreements.

    The importer is the intake: it vouches for the entity whose exact name a request states, if there is one.
    Requests of past years are judged on what they ask, so the policy's `request_max_age` is stretched.

    Raises:
        InputError: one of the files is not what it must be.
    """
    entities = read_registry(
        read_example("registry.yaml") if registry is None else read_text(registry),
        "registry.yaml" if registry is None else str(registry),
    )
    books = Books()
    for entity in entities:
        books.put_entity(entity)

    def named(request: SharingRequest) -> EntityId | None:
        entity = books.resolve(request.requested_by.organisation)
        return None if entity is None else entity.entity_id

    intake = Intake(keyring, named)
    agreements = read_agreements(read_example("agreements.yaml"), "agreements.yaml")
    policy = read_policy(read_example("policy.yaml"), "policy.yaml")
    messages = tuple(_sealed(intake.accept(request)) for request in _requests_of(requests))
    if not messages:
        raise InputError(f"{requests}: expected at least one request, got only a header")
    return Material(
        policy=replace(policy, request_max_age=HISTORICAL_AGE),
        entities=entities,
        agreements=tuple(one for one in agreements if books.entity(one.entity_id) is not None),
        messages=messages,
    )


def _sealed(request: SharingRequest) -> Message:
    return Message(request.request_id.encode(), encode_request(request))


def _requests_of(path: Path) -> Iterator[SharingRequest]:
    """Yield the requests of a file of notices, or of a crawl of portals; the header tells which it is."""
    text = read_text(path)
    columns = set(Rows(text, str(path), ()).header)
    if columns >= NOTICES:
        yield from parse_notices(text, str(path))
    elif any(columns >= portals for portals in PORTALS):
        # Only agencies of California are bound by its statute; the others' shares are not ours to judge.
        yield from (request_of(edge) for edge in parse_edges(text, str(path)) if edge.is_from_california())
    else:
        raise InputError(
            f"{path}:1: expected the header of notices (requesting_organisation, request_date, "
            "permissions_requested) or of a crawl of portals (src_agency, external_agency; or agency, "
            "external_organizations_with_access)"
        )
