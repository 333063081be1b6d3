"""The books as the rules see them: entities by exact alias, agreements by entity, the policy, a revision.

`BooksView` is all that `decide` may use. `Books` is the one implementation: an index that its owner (a
replica, a command, a test) changes one entry at a time and that nobody changes while a decision is made.

INVARIANT: what cannot be read or is not there is None or empty, and each rule takes that for a refusal. There
is no default entity, agreement or policy.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.alias_index import AliasIndex
from streams.policy.closure_index import ClosureIndex
from streams.policy.entity import Entity
from streams.policy.evidence_cover import Cover
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.evidence_index import EvidenceIndex
from streams.policy.policy_in_force import PolicyInForce, put_in_force
from streams.policy.processor import Processor
from streams.policy.processor_register import ProcessorRegister
from streams.policy.standing import Standing, standing_of
from streams.policy.terms import Terms, terms_of
from streams.policy.user import User
from streams.policy.user_book import UserBook
from streams.policy.vocabulary import AgreementId, EntityId, EvidenceHoldId, ProcessorId

_NO_REVISION = -1


class BooksView(Protocol):
    """What a rule may ask the books."""

    @property
    def revision(self) -> int:
        """Return the offset of the last change applied; -1 for none."""
        ...

    def entity(self, entity_id: EntityId) -> Entity | None:
        """Return the entity of that id, or None when there is none or it cannot be read."""
        ...

    def resolve(self, name: str) -> Entity | None:
        """Return the one entity that has `name` as an exact alias, or None; two claimants are none."""
        ...

    def claimants(self, phrase: str) -> tuple[EntityId, ...]:
        """Return the entities of which a name reads like the folded words of `phrase`."""
        ...

    def agreements_of(self, entity_id: EntityId) -> tuple[Agreement, ...]:
        """Return the latest version of each agreement with the entity itself, by agreement id."""
        ...

    def agreement(self, agreement_id: AgreementId) -> Agreement | None:
        """Return the latest version of that agreement, or None."""
        ...

    def terms(self, agreement_id: AgreementId) -> Terms | None:
        """Return the same, compiled."""
        ...

    def standing(self, entity_id: EntityId) -> Standing | None:
        """Return what bars the entity and which agreements it may use, or None when there is no entity."""
        ...

    def recipient(self, name: str) -> Standing | None:
        """Return the standing of the one entity that has `name` as an exact alias, or None."""
        ...

    def policy(self) -> PolicyInForce | None:
        """Return the policy in force, or None when there is none."""
        ...

    def evidence_of(self, case_number: str | None, now: datetime) -> tuple[Cover, ...]:
        """Return the reads that evidence holds of that case let be released at `now`, however old."""
        ...

    def user(self, entity_id: EntityId, user_id: str) -> User | None:
        """Return the user of that entity with that id, or None when there is none or it cannot be read."""
        ...


class Books:
    """A mutable index of the books. Standings are worked out when asked for, and kept until a change."""

    def __init__(self) -> None:
        self.revision = _NO_REVISION
        self._entities: dict[EntityId, Entity] = {}
        self._aliases = AliasIndex()
        self._terms: dict[AgreementId, Terms] = {}
        self._by_entity: dict[EntityId, tuple[AgreementId, ...]] = {}
        self._standings: dict[EntityId, Standing] = {}
        # The same by exact alias, because each look-up on the way is a memory that no cache holds.
        self._recipients: dict[str, Standing] = {}
        self._policy: PolicyInForce | None = None
        self.evidence = EvidenceIndex()
        self.closures = ClosureIndex()
        self.users = UserBook()
        self.processors = ProcessorRegister()

    def entity(self, entity_id: EntityId) -> Entity | None:
        """Return the entity of that id, or None."""
        return self._entities.get(entity_id)

    def resolve(self, name: str) -> Entity | None:
        """Return the one entity that has `name` as an exact alias, or None."""
        claimant = self._aliases.claimant(name)
        return None if claimant is None else self._entities.get(claimant)

    def claimants(self, phrase: str) -> tuple[EntityId, ...]:
        """Return the entities of which a name reads like the folded words of `phrase`."""
        return self._aliases.sounding_like(phrase)

    def agreements_of(self, entity_id: EntityId) -> tuple[Agreement, ...]:
        """Return the latest version of each agreement with the entity itself, by agreement id."""
        return tuple(terms.agreement for terms in self.terms_with(entity_id))

    def terms_with(self, entity_id: EntityId) -> tuple[Terms, ...]:
        """Return the same, compiled."""
        return tuple(self._terms[agreement_id] for agreement_id in self._by_entity.get(entity_id, ()))

    def agreement(self, agreement_id: AgreementId) -> Agreement | None:
        """Return the latest version of that agreement, or None."""
        terms = self._terms.get(agreement_id)
        return None if terms is None else terms.agreement

    def terms(self, agreement_id: AgreementId) -> Terms | None:
        """Return the same, compiled."""
        return self._terms.get(agreement_id)

    def standing(self, entity_id: EntityId) -> Standing | None:
        """Return what bars the entity and which agreements it may use, or None."""
        standing = self._standings.get(entity_id)
        if standing is None and (entity := self._entities.get(entity_id)) is not None:
            standing = self._standings[entity_id] = standing_of(entity, self)
        return standing

    def recipient(self, name: str) -> Standing | None:
        """Return the standing of the one entity that has `name` as an exact alias, or None."""
        known = self._recipients.get(name)
        if known is not None:
            return known
        entity = self.resolve(name)
        standing = None if entity is None else self.standing(entity.entity_id)
        # Only what stands in the registry is kept: of other spellings of a name there is no end.
        if standing is not None and self._aliases.has(name):
            self._recipients[name] = standing
        return standing

    def policy(self) -> PolicyInForce | None:
        """Return the policy in force, or None."""
        return self._policy

    def evidence_of(self, case_number: str | None, now: datetime) -> tuple[Cover, ...]:
        """Return the reads that evidence holds of that case let be released at `now`, however old."""
        return self.evidence.covers_of(case_number, now)

    def user(self, entity_id: EntityId, user_id: str) -> User | None:
        """Return the user of that entity with that id, or None."""
        return self.users.get(entity_id, user_id)

    def is_processor(self, entity_id: EntityId) -> bool:
        """Tell whether that id is a processor's, which no recipient can have."""
        return self.processors.has(entity_id)

    def evidence_holds(self) -> tuple[EvidenceHold, ...]:
        """Return the evidence holds that forbid to destroy what they name: all that nobody has released.

        Overdue ones too. Whoever destroys must ask `unreadable_evidence_holds` as well.
        """
        return self.evidence.preserving()

    def unreadable_evidence_holds(self) -> frozenset[EvidenceHoldId]:
        """Return the evidence holds of which nobody can read what they name, so that it may be anything."""
        return frozenset(self.evidence.unreadable)

    def entities(self) -> Iterator[Entity]:
        """Iterate over the entities that can be read."""
        return iter(self._entities.values())

    def agreements(self) -> Iterator[Agreement]:
        """Iterate over the latest version of every agreement that can be read."""
        return (terms.agreement for terms in self._terms.values())

    def all_terms(self) -> Iterator[Terms]:
        """Iterate over the same, compiled."""
        return iter(self._terms.values())

    def put_entity(self, entity: Entity) -> None:
        """Put the entity in the place of the earlier one with its id."""
        self._entities[entity.entity_id] = entity
        self._aliases.claim(entity.entity_id, (entity.name, *entity.aliases))
        self._forget_standings()

    def put_agreement(self, agreement: Agreement) -> None:
        """Put the agreement in the place of the earlier one with its id; an older version changes nothing."""
        known = self._terms.get(agreement.agreement_id)
        if known is not None:
            # A replay or a late file must not bring back what a later version revoked.
            if known.agreement.version > agreement.version:
                return
            self._forget(known.agreement)
        self._terms[agreement.agreement_id] = terms_of(agreement)
        others = self._by_entity.get(agreement.entity_id, ())
        self._by_entity[agreement.entity_id] = tuple(sorted((*others, agreement.agreement_id)))
        self._forget_standings()

    def put_policy(self, policy: AgencyPolicy) -> None:
        """Put the policy in force.

        Raises:
            InputError: if one of its durations cannot be read.
        """
        # Compiled before it is put in: one that cannot be read leaves the earlier in place.
        self._policy = put_in_force(policy)

    def put_evidence_hold(self, hold: EvidenceHold) -> None:
        """Put the hold in the place of the earlier one with its id; an older version changes nothing."""
        self.evidence.put(hold)

    def put_user(self, user: User) -> None:
        """Put the user in the place of the earlier value."""
        self.users.put(user)

    def put_processor(self, processor: Processor) -> None:
        """Put the processor in the place of the earlier value; an entity of its id receives nothing more."""
        self.processors.put(processor)
        self._forget_standings()

    def drop(self, key: str) -> None:
        """Make an entry unusable because its value cannot be read; a name that it claimed stays claimed.

        Fail closed: what the entry said before may be just what the unreadable value takes back. `key` is one
        of `entity/<id>`, `agreement/<id>`, `policy/current`, `evidence-hold/<id>`, `closure/<key>`,
        `user/<name>`, `processor/<id>`; any other changes nothing. An evidence hold still forbids to destroy,
        and a processor's id still is no recipient's.
        """
        kind, _, name = key.partition("/")
        self._forget_standings()
        if kind == "entity":
            # Its names stay claimed: else another that claims one of them would now be the only claimant.
            self._entities.pop(EntityId(name), None)
        elif kind == "agreement" and (terms := self._terms.get(AgreementId(name))) is not None:
            self._forget(terms.agreement)
        elif kind == "policy":
            self._policy = None
        elif kind == "evidence-hold":
            self.evidence.drop(EvidenceHoldId(name))
        elif kind == "closure":
            self.closures.drop(name)
        elif kind == "user":
            self.users.drop(name)
        elif kind == "processor":
            self.processors.drop(ProcessorId(name))

    def copy(self) -> "Books":
        """Return books of their own with the same entries."""
        # Values are frozen and shared; the standings are left to be worked out again.
        twin = Books()
        twin.revision = self.revision
        twin._entities = dict(self._entities)
        twin._aliases = self._aliases.copy()
        twin._terms = dict(self._terms)
        twin._by_entity = dict(self._by_entity)
        twin._policy = self._policy
        twin.evidence = self.evidence.copy()
        twin.closures = self.closures.copy()
        twin.users = self.users.copy()
        twin.processors = self.processors.copy()
        return twin

    def _forget_standings(self) -> None:
        # All of them: an entity may be the parent or a member of any other.
        self._standings.clear()
        self._recipients.clear()

    def _forget(self, agreement: Agreement) -> None:
        del self._terms[agreement.agreement_id]
        others = tuple(one for one in self._by_entity[agreement.entity_id] if one != agreement.agreement_id)
        self._by_entity[agreement.entity_id] = others
