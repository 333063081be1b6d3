"""A vendor's list beside what is on record: what it opened, what it closed, and what is no news."""

from dataclasses import replace
from datetime import timedelta

from streams.policy.share_change import ShareChangeKind
from streams.policy.share_listing import ListedShare, Listing, changes_of
from streams.policy.share_memory import ShareMemory
from streams.policy.vocabulary import Scope
from tests.policy.building import NOW
from tests.policy.vendor_record import VENDOR, change_of

KNOWN = change_of("2026-01-02 grant north Burbank CA PD: search, hot_list")


def listing(*shares: ListedShare, vendor: str = VENDOR) -> Listing:
    return Listing(vendor=vendor, shares=shares, at=NOW, reference="list 1")


def listed(name: str, network: str = "north", *scopes: Scope) -> ListedShare:
    return ListedShare(recipient_name=name, network=network, scopes=scopes)


def test_what_is_not_listed_any_more_was_removed_once_whatever_its_scopes() -> None:
    (gone,) = changes_of(listing(), ShareMemory([KNOWN]))
    assert (gone.kind, gone.network, gone.recipient_name) == (
        ShareChangeKind.REMOVAL,
        "north",
        "Burbank CA PD",
    )
    assert (gone.scopes, gone.at, gone.reference, gone.vendor) == ((), NOW, "list 1", VENDOR)


def test_what_is_listed_as_it_was_is_no_change() -> None:
    same = listed("Burbank CA PD", "north", Scope.HOT_LIST, Scope.SEARCH)
    assert changes_of(listing(same), ShareMemory([KNOWN])) == ()
    # Without a word on scopes it says only that something is open.
    assert changes_of(listing(listed("Burbank CA PD")), ShareMemory([KNOWN])) == ()


def test_other_scopes_and_networks_are_granted_beside_what_is_on_record() -> None:
    shares = (listed("Burbank CA PD", "north", Scope.SEARCH), listed("Burbank CA PD", "south", Scope.SEARCH))
    changes = changes_of(listing(*shares), ShareMemory([KNOWN]))
    assert [(one.kind, one.network, one.scopes) for one in changes] == [
        (ShareChangeKind.GRANT, "north", (Scope.SEARCH,)),
        (ShareChangeKind.GRANT, "south", (Scope.SEARCH,)),
    ]


def test_beside_nothing_of_this_vendor_all_of_it_was_found_open_and_no_other_vendors_share_is_gone() -> None:
    share = listed("Burbank CA PD", "north", Scope.SEARCH)
    (found,) = changes_of(listing(share, vendor="another"), ShareMemory([KNOWN]))
    assert (found.kind, found.vendor) == (ShareChangeKind.OBSERVATION, "another")


def test_rows_of_one_share_are_one() -> None:
    rows = (listed("Burbank CA PD", "north", Scope.SEARCH), listed("Burbank CA PD", "north", Scope.HOT_LIST))
    (found,) = changes_of(listing(*rows), ShareMemory())
    assert found.scopes == (Scope.HOT_LIST, Scope.SEARCH)


def test_what_is_known_and_what_is_older_is_no_news() -> None:
    memory = ShareMemory([KNOWN])
    assert not memory.is_news(KNOWN)
    older = replace(KNOWN, scopes=(Scope.SEARCH,), at=KNOWN.at - timedelta(days=1))
    assert not memory.is_news(older)
    assert memory.is_news(replace(older, at=KNOWN.at))
    assert memory.is_news(replace(KNOWN, network="south"))
    assert memory.is_news(replace(KNOWN, kind=ShareChangeKind.REMOVAL, scopes=(), at=KNOWN.at))
