"""Users and processors, whatever the books say of them."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.processor import Processor
from streams.policy.request import SharingRequest
from streams.policy.user import Authorisation, User, lacks_of, reorientation_due, user_name
from streams.policy.vocabulary import (
    EntityId,
    Initiator,
    ProcessorId,
    ProcessorKind,
    ProcessorStatus,
    ReasonCode,
    UserId,
    UserStatus,
    Verdict,
)
from streams.policy.widening import user_gains
from tests.policy.building import NOW, in_force, some_books
from tests.properties import strategies as own

LAPD = EntityId("lapd")
MOMENT = timedelta(microseconds=1)
AROUND = st.one_of(
    st.sampled_from((NOW - MOMENT, NOW, NOW + MOMENT, NOW - timedelta(days=365), NOW + timedelta(days=30))),
    own.instants(3),
)
AUTHORISATIONS = st.builds(
    Authorisation,
    by=st.sampled_from(("lt. supervisor", "", "jdoe", "JDOE")),
    at=AROUND,
    until=st.none() | AROUND,
)
USERS = st.builds(
    User,
    user_id=st.just(UserId("jdoe")),
    entity_id=st.just(LAPD),
    status=own.near(UserStatus.ACTIVE, own.words(UserStatus)),
    authorised=own.near(Authorisation(by="lt. supervisor", at=NOW), st.none() | AUTHORISATIONS),
    trained_at=own.near(NOW, st.none() | AROUND),
    reoriented_at=st.none() | AROUND,
    last_active_at=st.none() | AROUND,
)
PROCESSORS = st.builds(
    Processor,
    processor_id=st.sampled_from(own.IDS).map(ProcessorId),
    name=st.just("a company"),
    kind=own.words(ProcessorKind),
    status=own.words(ProcessorStatus),
    purpose=st.just("hosting"),
    holds=st.just(()),
)


def verdict_of(request: SharingRequest, books: Books) -> Verdict:
    return decide(request, books, in_force(books), NOW).verdict


def with_user(books: Books, user: User | None) -> Books:
    """Return the books with this one user, or without any."""
    twin = books.copy()
    for known in books.users.all():
        twin.drop(f"user/{user_name(known.entity_id, known.user_id)}")
    if user is not None:
        twin.put_user(user)
    return twin


@given(own.requests(), own.books())
def test_books_without_users_forward_no_push(request: SharingRequest, books: Books) -> None:
    request = replace(request, initiated_by=Initiator.AGENCY)
    decision = decide(request, with_user(books, None), in_force(books), NOW)
    assert decision.verdict is Verdict.BLOCK
    assert ReasonCode.USER_NOT_AUTHORISED in {one.code for one in decision.reasons}


@given(own.requests(), own.books(), st.none() | USERS)
def test_no_user_matters_to_the_request_of_a_partner(
    request: SharingRequest, books: Books, user: User | None
) -> None:
    assume(request.initiated_by is not Initiator.AGENCY)
    assert verdict_of(request, with_user(books, user)) is verdict_of(request, books)


@given(USERS)
def test_whoever_may_push_has_every_paper_and_has_it_by_now(user: User) -> None:
    if lacks_of(user, NOW):
        return
    assert user.status is UserStatus.ACTIVE
    assert user.authorised is not None
    assert user.authorised.by == "lt. supervisor"
    assert user.authorised.at <= NOW < (user.authorised.until or NOW + MOMENT)
    assert user.trained_at is not None
    assert user.trained_at <= NOW
    signs = [at for at in (user.reoriented_at, user.last_active_at) if at is not None and at <= NOW]
    assert NOW - max(signs) < timedelta(days=366)


@given(USERS, USERS, AROUND)
def test_what_counts_as_a_narrowing_brings_nobody_back_at_any_time(
    before: User, after: User, now: datetime
) -> None:
    if not user_gains(before, after) and lacks_of(before, now):
        assert lacks_of(after, now)


@given(USERS, st.sampled_from(("authorised", "trained_at", "reoriented_at", "last_active_at")), USERS)
def test_nothing_that_one_field_gives_back_is_a_narrowing(before: User, field: str, other: User) -> None:
    value: object = getattr(other, field)
    changed = replace(before, **{field: value})  # type: ignore[arg-type]  # of the same field
    if lacks_of(before, NOW) and not lacks_of(changed, NOW):
        assert user_gains(before, changed) == (field,)


@given(USERS, st.timedeltas(timedelta(0), timedelta(days=800)))
def test_who_was_to_be_reoriented_stays_so_until_a_new_sign(user: User, later: timedelta) -> None:
    due = reorientation_due(replace(user, last_active_at=None), NOW)
    still = reorientation_due(replace(user, last_active_at=None), NOW + later)
    if due is not None and user.reoriented_at is not None and user.reoriented_at <= NOW:
        assert still == due


@given(own.requests(), own.books(), PROCESSORS)
def test_a_processor_only_ever_takes_away(
    request: SharingRequest, books: Books, processor: Processor
) -> None:
    before = decide(request, books, in_force(books), NOW)
    barred = books.copy()
    barred.put_processor(processor)
    after = decide(request, barred, in_force(books), NOW)
    if before.verdict is not Verdict.FORWARD:
        assert after.verdict is not Verdict.FORWARD
    if after.entity_id == EntityId(processor.processor_id):
        assert after.verdict is Verdict.BLOCK
    dropped = barred.copy()
    dropped.drop(f"processor/{processor.processor_id}")
    assert decide(request, dropped, in_force(books), NOW).reasons == after.reasons


@given(st.text(), st.text())
def test_two_users_share_a_key_only_if_they_are_spelt_alike(one: str, other: str) -> None:
    books = some_books()
    books.put_user(replace(next(iter(books.users)), user_id=UserId(one)))
    found = books.user(LAPD, other)
    if found is not None and found.user_id == one:
        assert user_name(LAPD, one) == user_name(LAPD, other)
    assert books.user(EntityId("pasadena-pd"), one) is None
