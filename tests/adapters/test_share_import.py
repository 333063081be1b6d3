from typing import Any

import pytest
from hypothesis import given

from streams.adapters.share_import import Found, Listed, import_shares
from streams.adapters.share_lists import read_listed
from streams.codecs.agreement_yaml import write_agreements
from streams.codecs.files import read_agreements
from streams.errors import InputError
from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.vocabulary import ReasonCode, Scope, Verdict
from tests.policy.agreed import AGREED, requests_within
from tests.policy.building import NOW, an_agreement, some_books

PORTAL = "src_agency,external_agency\nOurs CA PD,Burbank CA PD\nTheirs CA PD,FBI\nOurs CA PD,Nobody CA PD\n"
NOTICES = (
    "requesting_organisation,request_date,permissions_requested\n"
    "Burbank CA PD,2026-01-05,Search | VMS\n"
    "Burbank CA PD,2026-02-05,Search | Hot List\n"
)


def found(name: str, **given: Any) -> Found:
    (row,) = import_shares([Listed(name=name)], some_books(given), NOW).rows
    return row.found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Pasadena CA PD", Found.IN_FORCE),
        ("Burbank CA PD", Found.NO_AGREEMENT),
        ("California Highway Patrol", Found.EXTENSION),
        ("FBI", Found.NEVER),
        ("Antioch IL PD", Found.NEVER),
        ("Stanford University CA PD", Found.NEVER),
        ("Decommissioned Org", Found.NEVER),
        ("pasadena ca pd", Found.UNRESOLVED),
        ("988", Found.UNRESOLVED),
    ],
)
def test_each_name_is_found_as_the_books_have_it(name: str, expected: Found) -> None:
    assert found(name) is expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("draft", Found.PAPER_ONLY), ("suspended", Found.STOPPED), ("revoked", Found.STOPPED)],
)
def test_an_agreement_that_is_not_in_force_gets_no_draft_beside_it(status: str, expected: Found) -> None:
    imported = import_shares(
        [Listed(name="Pasadena CA PD")], some_books({"agreement": {"status": status}}), NOW
    )
    assert ([row.found for row in imported.rows], imported.drafts) == ([expected], ())


def test_who_could_never_receive_gets_no_draft_and_is_told_why() -> None:
    imported = import_shares([Listed(name="FBI")], some_books(), NOW)
    assert imported.drafts == ()
    assert imported.rows[0].bars == (ReasonCode.RECIPIENT_FEDERAL,)


def test_two_spellings_of_one_entity_are_one_draft_with_the_scopes_of_both() -> None:
    books = some_books({"agreement": {"entity_id": "lasd"}})
    listed = [
        Listed(name="Pasadena CA PD ", scopes=(Scope.SEARCH,)),
        Listed(name="Pasadena Police Department", scopes=(Scope.VMS,)),
    ]
    imported = import_shares(listed, books, NOW)
    assert len(imported.rows) == 2
    assert [(one.entity_id, one.scopes) for one in imported.drafts] == [("pasadena-pd", ("search", "vms"))]


def test_the_drafts_read_back_as_they_were_written() -> None:
    imported = import_shares([Listed(name="Burbank CA PD", scopes=(Scope.SEARCH,))], some_books(), NOW)
    text = write_agreements(imported.drafts, "two\nlines")
    assert text.startswith("# two\n# lines\nagreements:\n")
    assert "start: 2026-05-01\n" in text
    assert read_agreements(text, "drafts.yaml") == imported.drafts


def test_any_agreement_reads_back_as_it_was_written() -> None:
    whole = an_agreement(
        need_evaluation={"by": "no", "at": NOW, "text": "x: y # z\n- 'a'"},
        obligations=[{"kind": "destroy", "text": "1", "due": "2026-06-01"}],
        volume_budget={"reads": 10, "period": "P30D"},
        contract_digest="0123",
    )
    assert read_agreements(write_agreements([whole], ""), "x") == (whole,)


@given(agreed=AGREED)
def test_a_draft_grants_nothing_even_where_somebody_makes_it_active(agreed: dict[str, Any]) -> None:
    books: Books = some_books({"agreement": {"entity_id": "lasd"}})
    (draft,) = import_shares([Listed(name="Pasadena CA PD")], books, NOW).drafts
    books.put_agreement(draft)
    books.put_agreement(
        an_agreement(
            **agreed
            | {"agreement_id": draft.agreement_id, "version": 2, "end": draft.end, "start": draft.start}
        )
    )
    policy = books.policy()
    assert policy is not None
    for request, now in requests_within(agreed):
        assert decide(request, books, policy, now).verdict is not Verdict.FORWARD


def test_notices_and_portals_are_told_apart_by_their_columns() -> None:
    assert [(one.name, one.scopes) for one in read_listed(NOTICES, "n.csv", None)] == [
        ("Burbank CA PD", (Scope.SEARCH, Scope.VMS)),
        ("Burbank CA PD", (Scope.SEARCH, Scope.HOT_LIST)),
    ]
    assert [one.name for one in read_listed(PORTAL, "p.csv", "Ours CA PD")] == [
        "Burbank CA PD",
        "Nobody CA PD",
    ]


def test_of_a_file_with_many_lists_one_is_asked_for_by_name() -> None:
    with pytest.raises(InputError, match=r"p.csv: has the lists of 2 agencies; say with --of whose"):
        list(read_listed(PORTAL, "p.csv", None))
    with pytest.raises(InputError, match=r"p.csv: has no list of `Another CA PD`"):
        list(read_listed(PORTAL, "p.csv", "Another CA PD"))
