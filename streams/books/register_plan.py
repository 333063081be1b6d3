"""What a command would change in the registers of processors and users; see `streams.books.plan`.

Their entries have no versions: the latest counts, and what an old file would bring back is a widening, which
takes two people where changes are signed.
"""

from collections.abc import Sequence
from datetime import datetime

from streams.books.entries import key_of
from streams.books.index import BooksIndex
from streams.books.plan import Change, Plan, Planner, entry_of, joined
from streams.errors import InputError
from streams.policy.processor import Processor
from streams.policy.user import User


def planned_processors(processors: Sequence[Processor]) -> Planner:
    """Return the planner that puts these processors on the books."""

    def plan(index: BooksIndex, _now: datetime) -> Plan:
        return joined(_part(index, processor) for processor in processors)

    return plan


def planned_users(users: Sequence[User]) -> Planner:
    """Return the planner that puts these users of the agency on the books.

    Partners answer for their own users, and their names are none of ours to keep.
    """

    def plan(index: BooksIndex, _now: datetime) -> Plan:
        in_force = index.books.policy()
        if in_force is None:
            raise InputError("the books hold no policy, so whose users they are is not known; apply it first")
        agency = in_force.policy.agency.entity_id
        for entity_id in sorted({user.entity_id for user in users} - {agency}):
            raise InputError(
                f"users of `{entity_id}` have no place here: the book is of `{agency}`, the agency's own"
            )
        return joined(_part(index, user) for user in users)

    return plan


def _part(index: BooksIndex, entry: Processor | User) -> Plan:
    key = key_of(entry)
    known = entry_of(index.books, key)
    if known == entry:
        return Plan(unchanged=(key,))
    return Plan(changes=(Change(key=key, before=known, after=entry),))
