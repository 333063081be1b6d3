"""The real lists of El Cajon's portal and of one department's notices, imported beside the example books."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from streams.adapters.share_import import Found, Imported, Listed, import_shares
from streams.adapters.share_portals import Edge
from streams.codecs.agreement_yaml import write_agreements
from streams.codecs.files import read_agreements
from streams.policy.books import Books
from streams.policy.eligibility import statutory_bars
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import AgreementOrigin, AgreementStatus, ReasonCode

pytestmark = pytest.mark.real_data

NOW = datetime(2026, 3, 1, 18, tzinfo=UTC)


@pytest.fixture(scope="module")
def portal(edges: list[Edge], books: Books) -> Imported:
    listed = [Listed(name=edge.recipient) for edge in edges if edge.source == "El Cajon CA PD"]
    return import_shares(listed, books, NOW)


@pytest.fixture(scope="module")
def asked(notices: list[SharingRequest], books: Books) -> Imported:
    listed = [Listed(name=notice.recipient_name, scopes=notice.scopes) for notice in notices]
    return import_shares(listed, books, NOW)


def test_every_listed_recipient_of_the_portal_has_its_line(portal: Imported) -> None:
    assert len(portal.rows) == 305
    assert Counter(row.found for row in portal.rows) == {
        Found.UNRESOLVED: 274,
        Found.NO_AGREEMENT: 15,
        Found.IN_FORCE: 6,
        Found.EXTENSION: 4,
        Found.STOPPED: 4,
        Found.NEVER: 2,
    }


def test_of_the_notices_three_could_never_receive(asked: Imported) -> None:
    assert len(asked.rows) == 46
    never = {row.name: row.bars for row in asked.rows if row.found is Found.NEVER}
    assert never == {
        "Robeson County NC SO": (ReasonCode.RECIPIENT_OUT_OF_STATE,),
        "US Postal Inspection Service": (ReasonCode.RECIPIENT_FEDERAL,),
        "University of the Pacific (CA)": (ReasonCode.RECIPIENT_PRIVATE,),
    }
    assert not [row for row in asked.rows if row.found is Found.UNRESOLVED]


def test_every_draft_is_of_unknown_start_covers_nothing_and_is_with_somebody_who_could_receive(
    portal: Imported, asked: Imported, books: Books
) -> None:
    drafts = (*portal.drafts, *asked.drafts)
    assert (len(portal.drafts), len(asked.drafts)) == (19, 38)
    for one in drafts:
        assert (one.status, one.origin) == (AgreementStatus.DRAFT, AgreementOrigin.LEGACY_UNKNOWN_START)
        assert one.start == one.end
        assert (*one.data_types, *one.purposes, *one.networks, *one.fields) == ()
        entity = books.entity(one.entity_id)
        assert entity is not None
        assert statutory_bars(entity, books.entity) == ()


def test_the_drafts_of_both_read_back(portal: Imported, asked: Imported) -> None:
    for imported in (portal, asked):
        assert read_agreements(write_agreements(imported.drafts, ""), "drafts.yaml") == imported.drafts
