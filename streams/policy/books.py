"""The books as the rules see them: entities by exact alias, agreements by entity, the policy, a revision.

`BooksView` is all that `decide` may use. `Books` is the one implementation: an index that its owner (a
replica, a command, a test) changes one entry at a time and that nobody changes while a decision is made.
"""

from typing import Protocol

from streams.policy.agreement import Agreement
from streams.policy.entity import Entity
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.vocabulary import AgreementId, EntityId


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

    def agreements_of(self, entity_id: EntityId) -> tuple[Agreement, ...]:
        """Return the latest version of each agreement with the entity itself, by agreement id."""
        ...

    def agreement(self, agreement_id: AgreementId) -> Agreement | None:
        """Return the latest version of that agreement, or None."""
        ...

    def policy(self) -> PolicyInForce | None:
        """Return the policy in force, or None when there is none."""
        ...
