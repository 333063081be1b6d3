"""What is published, as one value; the page, the JSON and the tables are three ways to write it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from streams.errors import InputError
from streams.policy.partner_access import PartnerAccess, explained
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.policy_text import PolicyText
from streams.policy.processor import Processor
from streams.policy.vocabulary import ProcessorStatus
from streams.publication.counts import QuarterCounts, counted_by_quarter
from streams.publication.ledger_reading import PartitionLedger
from streams.publication.partner_counts import PartnerQuarter, partner_quarters
from streams.publication.recipients import Recipient, recipients
from streams.publication.sources import Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last record of one partition that was read: its hash in hex, or None before the first record."""

    partition: int
    hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """Everything that is published, as it stood at `as_of`; no plate, no person.

    `partners` is None when no log of their searches was given. `unreadable` counts entries of the books that
    cannot be read, under which nothing is shared.
    """

    as_of: datetime
    policy: PolicyInForce
    text: PolicyText
    recipients: tuple[Recipient, ...]
    processors: tuple[Processor, ...]
    quarters: tuple[QuarterCounts, ...]
    partners: tuple[PartnerQuarter, ...] | None
    heads: tuple[Head, ...]
    unreadable: int

    @property
    def sharing(self) -> tuple[Recipient, ...]:
        """Return those that something is shared with."""
        return tuple(one for one in self.recipients if one.stopped is None)

    @property
    def stopped(self) -> tuple[Recipient, ...]:
        """Return those under whose agreements nothing is shared now."""
        return tuple(one for one in self.recipients if one.stopped is not None)


def publication_of(
    sources: Sources, text: PolicyText, accesses: Iterable[PartnerAccess] | None = None
) -> Publication:
    """Return the publication of what was read; `accesses` are the partners' searches, if a log was given.

    Raises:
        InputError: there was no policy, or it cannot be read.
    """
    books, as_of = sources.past.index.books, sources.as_of
    policy = books.policy()
    if policy is None:
        raise InputError("there was no policy in force: nothing could be shared, and nothing is published")
    return Publication(
        as_of=as_of,
        policy=policy,
        text=text,
        recipients=recipients(books, policy, as_of),
        processors=_holding(books.processors.all()),
        quarters=counted_by_quarter(sources.records(), as_of),
        partners=None if accesses is None else _partners(sources, accesses),
        heads=tuple(_head(part) for part in sources.ledger),
        unreadable=len(sources.past.index.faults),
    )


def _partners(sources: Sources, accesses: Iterable[PartnerAccess]) -> tuple[PartnerQuarter, ...]:
    return partner_quarters(explained(accesses, sources.timeline().ground_at), sources.as_of)


def _holding(processors: Iterable[Processor]) -> tuple[Processor, ...]:
    """Return those that hold the agency's data, by name; in doubt whether a contract has ended it has not."""
    found = (one for one in processors if one.status is not ProcessorStatus.ENDED)
    return tuple(sorted(found, key=lambda one: (one.name, one.processor_id)))


def _head(part: PartitionLedger) -> Head:
    last = part.records[-1].hash.hex() if part.records else None
    return Head(partition=part.partition, hash=last)
