"""Books as plain lists, from which the gate's books and Cedar's policies are each made apart."""

from dataclasses import dataclass

from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that the books say at one revision. Ids of entities are unique; old versions may be among them."""

    entities: tuple[Entity, ...]
    agreements: tuple[Agreement, ...]
    policy: AgencyPolicy
    revision: int
    users: tuple[User, ...] = ()

    def books(self) -> Books:
        """Return the gate's own books with all of it."""
        books = Books()
        for entity in self.entities:
            books.put_entity(entity)
        for agreement in self.agreements:
            books.put_agreement(agreement)
        for user in self.users:
            books.put_user(user)
        books.put_policy(self.policy)
        books.revision = self.revision
        return books

    def latest(self) -> list[Agreement]:
        """Return the latest version of each agreement; of two with one number the later in the list."""
        newest: dict[str, Agreement] = {}
        for one in sorted(self.agreements, key=lambda each: each.version):
            newest[one.agreement_id] = one
        return list(newest.values())


def line_of(entity: Entity, by_id: dict[str, Entity]) -> list[str]:
    """Return the ids of the entity and of all above it; a circle of parents ends where it closes."""
    line = [str(entity.entity_id)]
    above: Entity | None = entity
    while above is not None and above.parent is not None and above.parent not in line:
        line.append(str(above.parent))
        above = by_id.get(above.parent)
    return line
