"""A publication from the example books and a ledger that is made up, without a broker."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from streams.books.entries import Entry, encode_entry, key_of
from streams.books.history import PastBooks, replayed
from streams.books.signed_history import UnsignedHistory
from streams.codecs.file_policy_text import read_policy_text
from streams.codecs.files import (
    read_agreements,
    read_policy,
    read_processors,
    read_registry,
    read_users,
)
from streams.examples import read_example
from streams.ledger.record import LedgerRecord
from streams.policy.book_records import BookEvent
from streams.policy.policy_text import PolicyText
from streams.policy.vocabulary import AuthorityKind, ReasonCode, RecordKind, Verdict
from streams.publication.ledger_reading import PartitionLedger
from streams.publication.publication import Publication, publication_of
from streams.publication.sources import Sources
from tests.codecs.samples import LEDGER_RECORD

AS_OF = datetime(2026, 7, 15, 19, tzinfo=UTC)
MARCH = datetime(2026, 3, 10, 20, tzinfo=UTC)
TEXT: PolicyText = read_policy_text(read_example("policy_text.yaml"), "policy_text.yaml")


def event(entry: Entry, at: datetime = MARCH) -> BookEvent:
    return BookEvent(
        event_id=str(key_of(entry)),
        key=str(key_of(entry)),
        value=encode_entry(entry),
        by="j. author",
        at=at,
        reason="",
    )


def example_events() -> list[BookEvent]:
    return [
        event(read_policy(read_example("policy.yaml"), "policy.yaml")),
        *map(event, read_registry(read_example("registry.yaml"), "registry.yaml")),
        *map(event, read_agreements(read_example("agreements.yaml"), "agreements.yaml")),
        *map(event, read_processors(read_example("processors.yaml"), "processors.yaml")),
        *map(event, read_users(read_example("users.yaml"), "users.yaml")),
    ]


def books_after(events: Iterable[BookEvent]) -> PastBooks:
    return replayed(events, None, UnsignedHistory())


def example_books() -> PastBooks:
    return books_after(example_events())


def record(
    verdict: Verdict,
    reason: ReasonCode | None = None,
    kind: RecordKind = RecordKind.DECISION,
    at: datetime = MARCH,
) -> LedgerRecord:
    return replace(
        LEDGER_RECORD, kind=kind, verdict=verdict, leading_reason=reason, decided_at=at, hash=b"\x01" * 32
    )


def disclosure(authority: AuthorityKind | None, verdict: Verdict, at: datetime = MARCH) -> LedgerRecord:
    return replace(record(verdict, kind=RecordKind.DISCLOSURE, at=at), authority=authority)


def records() -> Iterable[LedgerRecord]:
    """Two quarters with numbers of all sizes."""
    for days, factor in ((0, 1), (60, 2)):
        at = MARCH + timedelta(days=days)
        yield from [record(Verdict.FORWARD, at=at)] * (1200 * factor)
        for code, count in (
            (ReasonCode.NO_AGREEMENT, 310),
            (ReasonCode.RECIPIENT_OUT_OF_STATE, 45), (ReasonCode.RECIPIENT_FEDERAL, 4),
            (ReasonCode.PROHIBITED_PURPOSE_IMMIGRATION, 2), (ReasonCode.SCOPE_NOT_COVERED, 61),
        ):  # fmt: skip
            yield from [record(Verdict.BLOCK, code, at=at)] * (count * factor)
        yield from [record(Verdict.HOLD, ReasonCode.ACCESS_RECORD_INCOMPLETE, at=at)] * (88 * factor)
        yield from [record(Verdict.HOLD, ReasonCode.REASON_NEEDS_REVIEW, at=at)] * 9
        yield from [record(Verdict.BLOCK, ReasonCode.HOLD_EXPIRED, RecordKind.RESOLUTION, at)] * (30 * factor)
        yield from [record(Verdict.FORWARD, None, RecordKind.RESOLUTION, at)] * (41 * factor)
        yield from [disclosure(AuthorityKind.SUBPOENA, Verdict.FORWARD, at)] * (30 * factor)
        yield from [disclosure(AuthorityKind.SEARCH_WARRANT, Verdict.FORWARD, at)] * 12
        yield from [disclosure(AuthorityKind.COURT_ORDER, Verdict.BLOCK, at)] * 2


def sources(
    books: PastBooks | None = None, ledger: Iterable[LedgerRecord] | None = None, as_of: datetime = AS_OF
) -> Sources:
    part = PartitionLedger(partition=0, records=tuple(records() if ledger is None else ledger))
    return Sources(
        past=books or example_books(),
        events=tuple(example_events()),
        history=UnsignedHistory,
        ledger=(part,),
        as_of=as_of,
    )


def publication(
    books: PastBooks | None = None, ledger: Iterable[LedgerRecord] | None = None, as_of: datetime = AS_OF
) -> Publication:
    return publication_of(sources(books, ledger, as_of), TEXT)
