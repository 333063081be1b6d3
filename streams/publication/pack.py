"""What an auditor asks, point by point, with what the record answers and what it cannot.

In the order of the State Auditor's report 2019-118, and then of Civ. Code 1798.90.51 to .55. Numbers are not
hidden here: the pack is for whoever audits the agency, and not for the public.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.lint import lint
from streams.policy.lint.finding import Check, Finding
from streams.policy.lint.processors import lint_processors
from streams.policy.lint.register_finding import RegisterFinding
from streams.policy.policy_text import PolicyText
from streams.policy.user import User
from streams.policy.vocabulary import AgreementOrigin, EntityId, RecordKind, UserStatus
from streams.publication.counts import REQUESTS, Cell, DisclosureCell, disclosure_cell
from streams.publication.publication import Publication, publication_of
from streams.publication.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A table of the pack."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point: where it is asked, what is asked, what the record says, and what it cannot say."""

    source: str
    asked: str
    says: Sequence[str]
    listings: Sequence[Listing] = field(default=())
    not_here: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the points are made from: the publication, and what of the books and the ledger is not public.

    `findings` are those of lint without a horizon, `contracts` those about processors; `counts` are of all
    requests that were ever decided, and `disclosures` of all that legal process ever asked for.
    """

    publication: Publication
    books: Books
    findings: tuple[Finding, ...]
    contracts: tuple[RegisterFinding, ...]
    kinds: Counter[RecordKind]
    counts: Counter[Cell]
    disclosures: Counter[DisclosureCell]
    first: datetime | None

    def lacking(self, *checks: Check) -> list[Finding]:
        """Return the findings of these checks."""
        return [one for one in self.findings if one.check in checks]

    def entities(self) -> list[Entity]:
        """Return the entities of the books, by name."""
        return sorted(self.books.entities(), key=lambda one: (one.name, one.entity_id))

    def active_users(self) -> list[User]:
        """Return the users of the book who are not suspended."""
        return [one for one in self.books.users if one.status is UserStatus.ACTIVE]

    def legacy(self) -> list[EntityId]:
        """Return whom shares of unknown start are with."""
        unknown = AgreementOrigin.LEGACY_UNKNOWN_START
        return sorted(one.entity_id for one in self.books.agreements() if one.origin is unknown)


def evidence_of(sources: Sources, text: PolicyText) -> Evidence:
    """Return the evidence in what was read.

    Raises:
        InputError: there was no policy in force.
    """
    books = sources.past.index.books
    records = list(sources.records())
    decided = (one for one in records if one.kind in REQUESTS)
    used = frozenset(one.agreement_id for one in records if one.agreement_id is not None)
    return Evidence(
        publication=publication_of(sources, text),
        books=books,
        findings=lint(books, sources.as_of, timedelta(0), used),
        contracts=lint_processors(books, sources.as_of, timedelta(0)),
        kinds=Counter(one.kind for one in records),
        counts=Counter((one.verdict, one.leading_reason) for one in decided),
        disclosures=Counter(disclosure_cell(one) for one in records if one.kind is RecordKind.DISCLOSURE),
        first=min((one.decided_at for one in records), default=None),
    )


def numbered(points: Iterable[Point]) -> list[tuple[str, Point]]:
    """Return the points with their numbers, from 1."""
    return [(str(number), point) for number, point in enumerate(points, start=1)]
