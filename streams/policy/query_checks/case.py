"""One search with all that a check may look at: who made it, by the registry, and under which policy."""

import re
from dataclasses import dataclass
from datetime import datetime

from streams.policy.books import BooksView
from streams.policy.mentions import is_barred
from streams.policy.names import is_blank
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.query_event import OWN, QueryEvent
from streams.policy.resolver import is_agency
from streams.policy.vocabulary import EntityId

# How logs show that they keep something to themselves: marks of the vendor, of the agency that redacted it,
# and the exemption from public access put in its place. `*` within a plate is a wildcard, and no mark.
_WITHHELD = re.compile(
    r"\*(?:\s*\*){2,}|#{2,}|\u2588+|\[?redacted\]?"
    r"|(?:gc|gov\.?\s*code|civ\.?\s*code)[\s\u00a7]*\d{4}(?:\.\d+)?(?:\(\w\))*|\d{4}\.\d+\s*gc",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryCase:
    """What the checks look at; `at` is when the search was made, or `now` if nobody tells."""

    event: QueryEvent
    books: BooksView
    policy: PolicyInForce
    now: datetime

    @property
    def at(self) -> datetime:
        """Return the instant by which the search is judged."""
        return self.event.searched_at or self.now

    @property
    def is_own(self) -> bool:
        """Tell whether one of the agency's own users searched."""
        return self.event.source == OWN or is_agency(self.event.organisation, self.policy, self.books)

    def may_be_named(self) -> frozenset[EntityId]:
        """Return whom the text may name as its own: the agency, who searched, and the units above it."""
        own = {self.policy.policy.agency.entity_id}
        entity = self.books.resolve(self.event.organisation)
        standing = None if entity is None else self.books.standing(entity.entity_id)
        if standing is not None:
            # A unit above that could not receive is another, as in a request.
            own |= {unit for unit in standing.line if not is_barred(unit, self.books)}
            own.add(standing.entity_id)
        return frozenset(own)


def is_untold(text: str | None) -> bool:
    """Tell whether the log says nothing there: it is missing, blank, or withheld (`***`)."""
    return is_blank(text) or is_withheld(text)


def is_withheld(text: str | None) -> bool:
    """Tell whether the log shows that something stands there, and keeps it to itself."""
    return text is not None and _WITHHELD.fullmatch(text.strip()) is not None
