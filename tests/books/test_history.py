from dataclasses import replace
from datetime import timedelta

import pytest

from streams.books.custodian import Author, change_books
from streams.books.history import books_at, replayed
from streams.books.plan import planned_agreements, planned_entities
from streams.books.signed_history import SignedHistory, UnsignedHistory
from streams.clock import ManualClock
from streams.policy.vocabulary import AgreementStatus
from streams.settings import Settings
from tests.books.custodians import BOOKS, CUSTODIANS, SignedBooks
from tests.books.samples import NOW, agreement, entity
from tests.publication.shown import event

HOUR = timedelta(hours=1)
REVOKED = agreement(version=2, status=AgreementStatus.REVOKED)


def statuses(*offsets: float, until: float | None) -> list[str]:
    """Return the statuses on the books after a signing and a revocation made so many hours after `NOW`."""
    entries = (agreement(), REVOKED)
    events = [event(one, NOW + at * HOUR) for one, at in zip(entries, offsets, strict=True)]
    found = replayed(events, None if until is None else NOW + until * HOUR, UnsignedHistory())
    return [one.status for one in found.index.books.agreements()]


def test_the_books_are_those_of_the_instant() -> None:
    assert statuses(0, 2, until=None) == ["revoked"]
    assert statuses(0, 2, until=2) == ["revoked"]
    assert statuses(0, 2, until=1) == ["active"]
    assert statuses(0, 2, until=-1) == []


def test_nothing_counts_after_the_first_change_that_is_later() -> None:
    assert statuses(2, 0, until=1) == []


def test_a_value_that_cannot_be_read_makes_its_entry_unusable() -> None:
    broken = replace(event(REVOKED, NOW), value=b"other")
    found = replayed([event(agreement(), NOW), broken], None, UnsignedHistory())
    assert list(found.index.books.agreements()) == []
    assert found.changed_at == NOW
    assert len(found.index.faults) == 1


def test_where_custodians_sign_nothing_else_counts() -> None:
    books = SignedBooks()
    signed = books.change_of(entity(), agreement())
    events = [replace(event(agreement(), NOW), key=key.decode(), value=value) for key, value in signed]
    forged = event(agreement(version=2, status=AgreementStatus.SUSPENDED), NOW)
    found = replayed([*events, forged], None, SignedHistory(BOOKS, CUSTODIANS))
    assert [one.status for one in found.index.books.agreements()] == [AgreementStatus.ACTIVE]
    assert found.index.refused == 1


@pytest.mark.kafka
async def test_the_history_on_a_broker_gives_the_books_of_any_instant(settings: Settings) -> None:
    clock, author = ManualClock(NOW), Author(by="a custodian", reason="a test")
    await change_books(settings, clock, planned_entities((entity(),)), author)
    await change_books(settings, clock, planned_agreements((agreement(),)), author)
    clock.advance(HOUR)
    await change_books(settings, clock, planned_agreements((REVOKED,)), author)
    before, after = await books_at(settings, NOW), await books_at(settings, None)
    assert [one.status for one in before.index.books.agreements()] == [AgreementStatus.ACTIVE]
    assert [one.status for one in after.index.books.agreements()] == [AgreementStatus.REVOKED]
    assert (before.changed_at, after.changed_at) == (NOW, NOW + HOUR)
