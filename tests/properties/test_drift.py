"""Drift, whatever the books and the vendor say: nothing open is in order that the gate would refuse."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.drift import drift_of
from streams.policy.share_change import ShareChange, ShareChangeKind
from streams.policy.share_listing import ListedShare, Listing, changes_of
from streams.policy.share_memory import Share, ShareMemory
from streams.policy.vocabulary import AgreementStatus, Scope
from tests.policy.building import NOW, in_force, some_books
from tests.properties.strategies import NAMES, NETWORKS, books, some, words

MANY = settings(max_examples=150, deadline=None)
VENDORS = st.sampled_from(("portal", "log"))
PLACES = st.sampled_from(("", *NETWORKS))
SCOPES = some(words(Scope))
LISTED = st.builds(ListedShare, recipient_name=st.sampled_from(NAMES), network=PLACES, scopes=SCOPES)
CHANGES = st.builds(
    ShareChange,
    change_id=st.just("c"),
    kind=words(ShareChangeKind),
    vendor=VENDORS,
    network=PLACES,
    recipient_name=st.sampled_from(NAMES),
    scopes=SCOPES,
    at=st.integers(1, 60).map(lambda days: NOW - timedelta(days=days)),
    reference=st.just("r"),
)
OPEN = st.builds(
    Share,
    vendor=VENDORS,
    network=PLACES,
    recipient_name=st.sampled_from(NAMES),
    scope=st.one_of(st.none(), words(Scope)),
)
Part = tuple[str, str, str, Scope | None]


def wrong(shares: list[Share], known: Books) -> set[Part]:
    """Return the parts of shares about which something is found."""
    policy = in_force(known)
    return {
        (one.vendor, one.network, one.recipient_name, one.scope)
        for one in shares
        if drift_of([one], known, policy, NOW)
    }


@MANY
@given(known=books(), shares=st.lists(OPEN, max_size=6), data=st.data())
def test_removing_an_agreement_never_removes_a_finding(
    known: Books, shares: list[Share], data: st.DataObject
) -> None:
    agreement: Agreement = data.draw(
        st.sampled_from(sorted(known.agreements(), key=lambda one: one.agreement_id))
    )
    less = known.copy()
    less.drop(f"agreement/{agreement.agreement_id}")
    assert wrong(shares, known) <= wrong(shares, less)


@MANY
@given(known=books(), shares=st.lists(OPEN, max_size=6), data=st.data())
def test_stopping_or_narrowing_an_agreement_never_removes_a_finding(
    known: Books, shares: list[Share], data: st.DataObject
) -> None:
    agreement: Agreement = data.draw(
        st.sampled_from(sorted(known.agreements(), key=lambda one: one.agreement_id))
    )
    stopped = data.draw(
        st.sampled_from((AgreementStatus.REVOKED, AgreementStatus.SUSPENDED, agreement.status))
    )
    scopes = tuple(one for one in agreement.scopes if data.draw(st.booleans()))
    less = known.copy()
    less.put_agreement(replace(agreement, version=agreement.version + 1, status=stopped, scopes=scopes))
    assert wrong(shares, known) <= wrong(shares, less)


@MANY
@given(scopes=st.lists(words(Scope), min_size=1, unique=True), networks=some(PLACES, 2))
def test_an_agreement_that_covers_just_what_is_open_gives_no_finding_and_any_more_does(
    scopes: list[Scope], networks: tuple[str, ...]
) -> None:
    agreed = [scope for scope in scopes if scope is not Scope.UNKNOWN]
    named = tuple(network for network in networks if network not in {"", "*"})
    known = some_books()
    base = known.agreement(next(known.agreements()).agreement_id)
    assert base is not None
    known.put_agreement(replace(base, version=9, scopes=tuple(agreed), networks=named, live_feed=True))
    parts = [(network, scope) for network in named for scope in agreed]
    shares = [
        Share(vendor="v", network=network, recipient_name="Pasadena CA PD", scope=scope)
        for network, scope in parts
    ]
    assert wrong(shares, known) == set()
    wider = [replace(one, network="another") for one in shares]
    assert len(wrong(wider, known)) == len({one.scope for one in wider})


@MANY
@given(known=books(), shares=st.lists(OPEN, max_size=6), changed=st.lists(OPEN, max_size=3))
def test_every_share_is_judged_by_itself(known: Books, shares: list[Share], changed: list[Share]) -> None:
    assert wrong([*shares, *changed], known) == wrong(shares, known) | wrong(changed, known)


@MANY
@given(changes=st.lists(CHANGES, max_size=12), listed=st.lists(LISTED, max_size=6))
def test_after_its_changes_the_record_shows_what_the_list_shows_and_asks_for_no_more(
    changes: list[ShareChange], listed: list[ListedShare]
) -> None:
    memory = ShareMemory(sorted(changes, key=lambda one: one.at))
    listing = Listing(vendor="portal", shares=tuple(listed), at=NOW, reference="r")
    others = [one for one in memory.shares() if one.vendor != "portal"]
    for change in changes_of(listing, memory):
        memory.apply(change)
    assert changes_of(listing, memory) == ()
    assert {
        (one.network, one.recipient_name) for one in memory.shares() if one.is_open and one.vendor == "portal"
    } == {(one.network, one.recipient_name) for one in listed}
    assert [one for one in memory.shares() if one.vendor != "portal"] == others


@MANY
@given(changes=st.lists(CHANGES, max_size=12))
def test_a_log_that_is_read_again_changes_nothing(changes: list[ShareChange]) -> None:
    ordered = sorted(changes, key=lambda one: one.at)
    # Two changes of one share in one instant have no order that a second reading could keep.
    once = list({(one.vendor, one.network, one.recipient_name, one.at): one for one in ordered}.values())
    memory = ShareMemory(once)
    shares = list(memory.shares())
    for change in once:
        memory.apply(change)
    assert list(memory.shares()) == shares


@MANY
@given(changes=st.lists(CHANGES, max_size=12))
def test_what_was_removed_and_is_open_has_the_time_of_its_removal(changes: list[ShareChange]) -> None:
    memory = ShareMemory()
    for change in sorted(changes, key=lambda one: one.at):
        before = {
            (one.vendor, one.network, one.recipient_name): one for one in memory.shares() if not one.is_open
        }
        was_open = {(one.vendor, one.network, one.recipient_name) for one in memory.shares() if one.is_open}
        for share in memory.apply(change):
            key = (share.vendor, share.network, share.recipient_name)
            if key in before and key not in was_open:
                assert share.removed_at is not None
