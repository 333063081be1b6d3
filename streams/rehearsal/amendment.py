"""What somebody thinks of changing in the books, and the two sides that come of it.

An amendment is planned as `apply` would plan it: what the books would refuse, an older version or an unlawful
agreement, is refused here with the same words, and nothing is tried with it.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from streams.books.index import BooksIndex
from streams.books.plan import (
    Planner,
    books_after,
    planned_agreements,
    planned_entities,
    planned_policy,
)
from streams.errors import BooksNotCurrentError
from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.comparison import Side
from streams.policy.entity import Entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """What somebody wants to try; of what is None or empty, that which is in force stays."""

    policy: AgencyPolicy | None = None
    entities: tuple[Entity, ...] = ()
    agreements: tuple[Agreement, ...] = ()

    def planners(self) -> Iterator[Planner]:
        """Yield the changes in the order of applying: an agreement is judged by its entity and the policy."""
        if self.policy is not None:
            yield planned_policy(self.policy)
        if self.entities:
            yield planned_entities(self.entities)
        if self.agreements:
            yield planned_agreements(self.agreements)


def sides_of(index: BooksIndex, amendment: Amendment, now: datetime) -> tuple[Side, Side]:
    """Return the books as they are, and as they would be with the amendment applied at `now`.

    Raises:
        InputError: the amendment cannot be applied to these books.
        UnlawfulChangeError: it would let through what the statutory floor forbids.
        BooksNotCurrentError: there is no policy, in the books or in the amendment.
    """
    # Planners read an index and change none of it, so all but the books can be shared.
    amended = copy(index)
    for planner in amendment.planners():
        amended.books = books_after(amended.books, planner(amended, now))
    return side_of(index.books), side_of(amended.books)


def side_of(books: Books) -> Side:
    """Return the books with their policy.

    Raises:
        BooksNotCurrentError: they hold none.
    """
    policy = books.policy()
    if policy is None:
        raise BooksNotCurrentError("the books hold no policy that can be read: apply one first")
    return Side(books, policy)
