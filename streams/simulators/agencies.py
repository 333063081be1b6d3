"""Simulated agencies: neighbours with an agreement in each state it can be in, and outsiders of each class.

They stand on top of the example registry and share no name with it. Terms are relative to `now`, so that a
simulation made today and one made in ten years behave alike; the same seed gives the same region.

Invented bodies, because the failures are real and the agencies that stand for them should not be. Each kind
answers one finding: a private university among the police departments, a task force with a federal member, a
test entry that was never deleted, an agreement without a clause against onward sharing.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from streams.codecs.files import read_agreements, read_policy, read_registry
from streams.examples import read_example
from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement, ContractReview
from streams.policy.books import Books
from streams.policy.entity import Entity, Evidence
from streams.policy.user import Authorisation, User
from streams.policy.vocabulary import (
    AgreementId,
    AgreementOrigin,
    AgreementStatus,
    DataType,
    EntityClass,
    EntityId,
    EntityStatus,
    Purpose,
    ReasonCode,
    Scope,
    UserId,
    UserStatus,
)

YEAR = timedelta(days=365)
# Invented places: no real agency may be shown doing what some of these do.
FIRST = ("Agua", "Cerro", "Laguna", "Llano", "Mira", "Oso", "Palo", "Rancho", "Sierra", "Val")
SECOND = ("Bajo", "Claro", "Dorado", "Fresco", "Hondo", "Lindo", "Nuevo", "Pardo", "Seco", "Vista")
# Of the agency itself, whose pushes are among the traffic.
DETECTIVES = 97
FIELDS = ("read_id", "captured_at", "data_type", "plate", "camera_name", "network", "vehicle_make")


class Condition(StrEnum):
    """The state of a neighbour's agreement.

    `NARROW` is in force and covers plate reads for searches only; `NONE` is a neighbour without any
    agreement.
    """

    IN_FORCE = "in_force"
    NARROW = "narrow"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    NOT_YET = "not_yet"
    NO_CLAUSE = "no_clause"
    REVIEW_OVERDUE = "review_overdue"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """A kind of body that cannot receive, with the reason that the gate gives first.

    `name` has a place for a number, so that many of the kind can stand in one registry. `jurisdiction` is ISO
    3166-2.
    """

    reason: ReasonCode
    entity_class: EntityClass
    jurisdiction: str
    name: str


# Some names look like a Californian police department on purpose: class never follows from a name.
OUTSIDERS = tuple(
    Outsider(reason=reason, entity_class=entity_class, jurisdiction=jurisdiction, name=name)
    for reason, entity_class, jurisdiction, name in (
        (ReasonCode.RECIPIENT_FEDERAL, EntityClass.FEDERAL, "US", "Simulated Federal Bureau {} CA PD"),
        (ReasonCode.RECIPIENT_OUT_OF_STATE, EntityClass.LOCAL_LAW_ENFORCEMENT, "US-NV", "Mesa Alta {} NV PD"),
        (ReasonCode.RECIPIENT_PRIVATE, EntityClass.PRIVATE, "US-CA", "Simulated University {} CA PD"),
        (ReasonCode.RECIPIENT_NOT_PUBLIC_AGENCY, EntityClass.TRIBAL, "US-CA", "Simulated Rancheria {} PD"),
        (ReasonCode.RECIPIENT_INELIGIBLE_MEMBER, EntityClass.TASK_FORCE, "US-CA", "Simulated Task Force {}"),
        (ReasonCode.RECIPIENT_UNRESOLVED, EntityClass.PLACEHOLDER, "US-CA", "Simulated Test Org {}"),
        (ReasonCode.NOT_LOCAL_LAW_ENFORCEMENT, EntityClass.STATE_LAW_ENFORCEMENT, "US-CA", "State Sim {}"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A simulated city police department with its agreement, if there is one.

    `agreement` is None exactly when `condition` is `NONE`; all neighbours are local law enforcement of
    California.
    """

    entity: Entity
    condition: Condition
    agreement: Agreement | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """All that a simulation's books hold: the examples, the neighbours, the outsiders, the agency's users.

    `policy` is the example policy as it stands. Ids of simulated entities begin with `sim-`, and none has a
    name of the examples.
    """

    policy: AgencyPolicy
    examples: tuple[Entity, ...]
    example_agreements: tuple[Agreement, ...]
    neighbours: dict[Condition, tuple[Neighbour, ...]]
    outsiders: dict[ReasonCode, tuple[Entity, ...]]
    users: tuple[User, ...]

    def entities(self) -> Iterator[Entity]:
        """Yield every entity.

        In no order that matters: members and parents are looked up when they are asked for.
        """
        yield from self.examples
        for group in self.neighbours.values():
            yield from (neighbour.entity for neighbour in group)
        for others in self.outsiders.values():
            yield from others

    def agreements(self) -> Iterator[Agreement]:
        """Yield every agreement.

        Also those without a clause, which real books would not take: the rules have to refuse them as well.
        """
        yield from self.example_agreements
        for group in self.neighbours.values():
            yield from (neighbour.agreement for neighbour in group if neighbour.agreement is not None)

    def books(self) -> Books:
        """Return books with all of it, at revision 0.

        Put in directly, past the floor that guards changes, so that a lawless entry meets the rules
        themselves.
        """
        books = Books()
        for entity in self.entities():
            books.put_entity(entity)
        for agreement in self.agreements():
            books.put_agreement(agreement)
        for user in self.users:
            books.put_user(user)
        books.put_policy(self.policy)
        books.revision = 0
        return books


def simulated_region(seed: int, now: datetime, each: int = 5) -> Region:
    """Return a region with `each` neighbours per condition (four times as many in force) and outsiders.

    `now` is an aware instant. With `each` of 5 that is 60 neighbours and 35 outsiders, besides the examples.
    """
    # Dice of its own, so that what else draws numbers in the process changes nothing here.
    rng = random.Random(seed)
    names = [f"{first} {second}" for first in FIRST for second in SECOND]
    rng.shuffle(names)
    # Numbers make ids, for a hundred names are soon used up.
    numbers = iter(range(10**6))

    def neighbour(condition: Condition) -> Neighbour:
        number = next(numbers)
        name = names[number % len(names)] + (f" {number}" if number >= len(names) else "")
        entity = _entity(f"sim-neighbour-{number}", f"{name} CA PD", now)
        return Neighbour(entity=entity, condition=condition, agreement=_agreement(entity, condition, now))

    policy = read_policy(read_example("policy.yaml"), "policy.yaml")
    # Most neighbours are in order, as in life; the others are there for the rules that refuse them.
    sizes = dict.fromkeys(Condition, each) | {Condition.IN_FORCE: 4 * each}
    return Region(
        policy=policy,
        examples=read_registry(read_example("registry.yaml"), "registry.yaml"),
        example_agreements=read_agreements(read_example("agreements.yaml"), "agreements.yaml"),
        neighbours={
            condition: tuple(neighbour(condition) for _ in range(size)) for condition, size in sizes.items()
        },
        outsiders={kind.reason: tuple(_outsider(kind, n, now) for n in range(each)) for kind in OUTSIDERS},
        users=tuple(_detective(number, policy.agency.entity_id, now) for number in range(DETECTIVES)),
    )


def _entity(entity_id: str, name: str, now: datetime) -> Entity:
    return Entity(
        entity_id=EntityId(entity_id),
        name=name,
        entity_class=EntityClass.LOCAL_LAW_ENFORCEMENT,
        jurisdiction="US-CA",
        evidence=Evidence(source="simulation", verified_by="simulation", verified_at=now - YEAR),
        status=EntityStatus.ACTIVE,
    )


def _detective(number: int, agency: EntityId, now: datetime) -> User:
    return User(
        user_id=UserId(detective_id(number)),
        entity_id=agency,
        status=UserStatus.ACTIVE,
        authorised=Authorisation(by="simulated supervisor", at=now - YEAR),
        trained_at=now - YEAR,
        last_active_at=now - timedelta(days=30),
    )


def detective_id(number: int) -> str:
    """Return the id of one of the agency's users, whatever the number."""
    return f"detective-{number % DETECTIVES}"


def _outsider(kind: Outsider, number: int, now: datetime) -> Entity:
    slug = kind.entity_class.value.replace("_", "-")
    entity = _entity(f"sim-{slug}-{kind.jurisdiction.lower()}-{number}", kind.name.format(number), now)
    # The outsider of the federal class with the same number; members are ids.
    federal = EntityId(f"sim-federal-us-{number}")
    # One federal member makes a task force ineligible (Civ. Code 1798.90.55(b)).
    members = (federal,) if kind.entity_class is EntityClass.TASK_FORCE else ()
    return replace(entity, entity_class=kind.entity_class, jurisdiction=kind.jurisdiction, members=members)


def _agreement(entity: Entity, condition: Condition, now: datetime) -> Agreement | None:
    """Return the agreement of a neighbour: one in force, changed in the one way that its condition says."""
    # Lawful in everything the rules ask of an agreement; what is changed below is all that is wrong.
    good = Agreement(
        agreement_id=AgreementId(f"agreement-{entity.entity_id}"),
        version=1,
        entity_id=entity.entity_id,
        status=AgreementStatus.ACTIVE,
        start=now - 2 * YEAR,
        end=now + 2 * YEAR,
        data_types=(DataType.PLATE_READ, DataType.IMAGE, DataType.HOTLIST_HIT),
        scopes=(Scope.SEARCH, Scope.HOT_LIST),
        networks=("*",),
        purposes=(Purpose.CRIMINAL_INVESTIGATION, Purpose.NON_CRIMINAL_INVESTIGATION),
        fields=FIELDS,
        max_record_age="P1Y",
        live_feed=False,
        onward_sharing_prohibited=True,
        clause_reference="section 7",
        clause_text="The recipient shares nothing outside its agency.",
        contract_reviewed=ContractReview(by="simulation", at=now - 2 * YEAR, due=now + YEAR),
        signed_by=("simulated chief", "simulated counsel"),
        origin=AgreementOrigin.SIGNED,
    )
    # Each differs from the good one in a single thing, so a refusal can have that one cause only.
    changed = {
        Condition.IN_FORCE: good,
        Condition.NARROW: replace(good, data_types=(DataType.PLATE_READ,), scopes=(Scope.SEARCH,)),
        Condition.EXPIRED: replace(good, end=now - timedelta(days=2)),
        Condition.SUSPENDED: replace(good, status=AgreementStatus.SUSPENDED),
        Condition.REVOKED: replace(good, status=AgreementStatus.REVOKED),
        Condition.NOT_YET: replace(good, start=now + timedelta(days=2)),
        Condition.NO_CLAUSE: replace(good, clause_text=""),
        Condition.REVIEW_OVERDUE: replace(good, contract_reviewed=None),
    }
    return changed.get(condition)
