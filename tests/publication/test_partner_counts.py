"""The figure of partners' searches that no agreement explains, from the history of the books."""

from dataclasses import replace
from datetime import timedelta

import orjson

from streams.policy.agreement import Agreement
from streams.policy.partner_access import PartnerAccess
from streams.policy.vocabulary import AgreementStatus
from streams.publication.page import page
from streams.publication.publication import Publication, publication_of
from streams.publication.tables import publication_json
from tests.publication.shown import (
    AS_OF,
    MARCH,
    TEXT,
    books_after,
    event,
    example_events,
    publication,
    sources,
)

DAY = timedelta(days=1)
BURBANK = "Burbank CA PD"


def shown(*accesses: PartnerAccess) -> Publication:
    """Return a publication of books in which the agreement with Burbank was revoked on 30 April."""
    past = books_after(example_events())
    agreement = next(one for one in past.index.books.agreements() if one.entity_id == "us-ca-burbank-pd")
    stopped: Agreement = replace(agreement, version=agreement.version + 1, status=AgreementStatus.REVOKED)
    events = (*example_events(), event(stopped, MARCH + 51 * DAY))
    found = replace(sources(books_after(events)), events=events)
    return publication_of(found, TEXT, accesses)


def figures(one: Publication) -> list[tuple[str, int, int]]:
    assert one.partners is not None
    return [(str(each.quarter), each.accesses, each.unexplained) for each in one.partners]


def searches(organisation: str, *days: int) -> list[PartnerAccess]:
    return [PartnerAccess(organisation=organisation, at=MARCH + day * DAY) for day in days]


def test_each_is_judged_by_the_books_of_its_moment() -> None:
    accesses = [*searches(BURBANK, -1, 1, 50, 52, 53), *searches("Strange PD", 60)]
    assert figures(shown(*accesses)) == [("2026 Q2", 4, 3), ("2026 Q1", 2, 1)]


def test_a_quarter_that_is_not_over_and_the_agencys_own_searches_are_not_counted() -> None:
    own = searches("Los Angeles CA PD", 1, 2)
    later = PartnerAccess(organisation="Strange PD", at=AS_OF)
    assert figures(shown(*own, later)) == []


def test_the_figure_stands_on_the_page_and_in_the_json_whatever_its_size() -> None:
    one = shown(*searches(BURBANK, 1), *searches("Strange PD", 2))
    text = page(one).decode()
    assert "Without an agreement in force" in text
    plain = orjson.loads(publication_json(one))
    assert plain["partner_searches"] == [{"quarter": "2026 Q1", "searches": 2, "unexplained": 1}]
    assert "Strange PD" not in text


def test_without_a_log_the_page_says_that_nothing_was_counted() -> None:
    assert "no log of the vendor" in page(publication()).decode()
    assert orjson.loads(publication_json(publication()))["partner_searches"] is None
    assert "No quarter with searches is over yet." in page(shown()).decode()
    assert orjson.loads(publication_json(shown()))["partner_searches"] == []
