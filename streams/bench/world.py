"""What is decided, and on what: the same books and the same requests for every contender, from one seed.

A contender makes the books anew in its own process, so what decides them is small enough for a command line.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice

from streams.codecs.keyring import Keyring
from streams.codecs.request import encode_request
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.seal import sign_request
from streams.policy.user import User
from streams.policy.vocabulary import AgreementId, EntityId, RecordKind, Verdict
from streams.simulators.agencies import Condition, Neighbour, Region, simulated_region
from streams.simulators.scenes import Scene, push
from streams.simulators.traffic import Day, Simulated

SEED = 1
# Who asks at all is mostly entitled to: the portals of the agencies list their partners, not strangers.
FORWARDS_TO_OTHERS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it stands on the topic, with the id and the verdict that are right for it."""

    request_id: str
    verdict: Verdict
    value: bytes


@dataclass(frozen=True, kw_only=True)
class World:
    """Books of a given size at a given time, and traffic about them.

    `agreements` and `entities` are how many there are at least: a simulated region padded with neighbours
    that nobody asks for. Five times `each` neighbours can receive something. The same arguments make the same
    world.
    """

    now: datetime
    agreements: int = 1000
    entities: int = 2000
    each: int = 5

    @cached_property
    def region(self) -> Region:
        """Return the agencies that take part in the traffic."""
        return simulated_region(SEED, self.now, self.each)

    @cached_property
    def recipients(self) -> tuple[EntityId, ...]:
        """Return who may receive anything at all; each has a topic."""
        return tuple(neighbour.entity.entity_id for neighbour in self._in_force)

    @property
    def _in_force(self) -> tuple[Neighbour, ...]:
        neighbours = self.region.neighbours
        return neighbours[Condition.IN_FORCE] + neighbours[Condition.NARROW]

    @cached_property
    def padding(self) -> tuple[tuple[Entity, Agreement | None], ...]:
        """Return the neighbours that only fill the books, with an agreement as long as some are missing."""
        missing_agreements = self.agreements - sum(1 for _ in self.region.agreements())
        missing_entities = self.entities - sum(1 for _ in self.region.entities())
        model = self._in_force[0]
        return tuple(
            _copy(model, number, with_agreement=number < missing_agreements)
            for number in range(max(missing_agreements, missing_entities))
        )

    def entries(self) -> Iterator[Entity | Agreement | User]:
        """Yield what the books hold besides the policy, entities before agreements."""
        yield from self.region.entities()
        yield from (entity for entity, _ in self.padding)
        yield from self.region.agreements()
        yield from (agreement for _, agreement in self.padding if agreement is not None)
        yield from self.region.users

    def books(self) -> Books:
        """Return the books as a contender holds them, at revision 0."""
        books = self.region.books()
        for entity, agreement in self.padding:
            books.put_entity(entity)
            if agreement is not None:
                books.put_agreement(agreement)
        return books

    def traffic(self, keyring: Keyring, count: int) -> tuple[Asked, ...]:
        """Return new requests, sealed with the keyring; nine in ten are forwarded, the rest of all kinds."""
        # Of the simulated day only a part is taken, so it is made as long as it takes.
        day = Day(self.region, keyring, self.now).requests(count * 4)
        return tuple(_asked(simulated) for simulated in islice(_mostly_forwards(day), count))

    def pushes(self, keyring: Keyring, count: int, reads: int) -> tuple[Asked, ...]:
        """Return pushes with so many reads each, sealed with the keyring; all are forwarded."""
        key_id = keyring.active_intake_key
        rng = random.Random(SEED)
        asked = []
        for number in range(count):
            scene = Scene(
                rng=rng, region=self.region, number=number, run="push", asked=self.now, now=self.now
            )
            pushed = push(scene)
            records = tuple(
                replace(pushed.records[place % len(pushed.records)], read_id=f"read-{number}-{place}")
                for place in range(reads)
            )
            request = sign_request(replace(pushed, records=records), key_id, keyring.intake_keys[key_id])
            asked.append(
                Asked(request_id=request.request_id, verdict=Verdict.FORWARD, value=encode_request(request))
            )
        return tuple(asked)


def _copy(model: Neighbour, number: int, *, with_agreement: bool) -> tuple[Entity, Agreement | None]:
    entity_id = EntityId(f"padding-{number}")
    entity = replace(model.entity, entity_id=entity_id, name=f"Padding {number} CA PD")
    if model.agreement is None or not with_agreement:
        return entity, None
    agreement_id = AgreementId(f"agreement-{entity_id}")
    return entity, replace(model.agreement, agreement_id=agreement_id, entity_id=entity_id)


def _mostly_forwards(day: Iterator[Simulated]) -> Iterator[Simulated]:
    """Yield first decisions alone: a repeat or a supplement needs a memory, which the gate alone has."""
    forwards = others = 0
    for simulated in day:
        if simulated.record is not RecordKind.DECISION:
            continue
        if simulated.verdict is Verdict.FORWARD:
            forwards += 1
            yield simulated
        elif (others + 1) * FORWARDS_TO_OTHERS <= forwards:
            others += 1
            yield simulated


def _asked(simulated: Simulated) -> Asked:
    request = simulated.request
    return Asked(request_id=request.request_id, verdict=simulated.verdict, value=encode_request(request))
