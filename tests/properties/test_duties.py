"""What is owed by a day: time alone only ever takes, and nothing counts before its date."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from streams.policy.agreement import Agreement, Fulfilment, Obligation
from streams.policy.decide import decide
from streams.policy.duties import MOST_GRACE_DAYS, duties_of
from streams.policy.vocabulary import ReasonCode
from streams.policy.widening import agreement_gains
from tests.policy.building import NOW, a_policy, a_request, an_agreement, in_force, some_books

MANY = settings(max_examples=300, deadline=None)
DAYS = st.dates(date(2026, 2, 1), date(2026, 6, 30))
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 7, 31), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone
KINDS = st.sampled_from(("attestation", "report"))
OWED = st.builds(Obligation, kind=KINDS, text=st.just("as agreed"), due=st.one_of(st.none(), DAYS))
SPANS = st.timedeltas(timedelta(0), timedelta(days=90))


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    """Return an agreement with some obligations, of which some were met at some time."""
    owed = tuple(draw(st.lists(OWED, max_size=4)))
    met = [
        Fulfilment(kind=one.kind, due=one.due, by=draw(BY), at=draw(INSTANTS), reference="file 7")
        for one in owed
        if one.due is not None and draw(st.booleans())
    ]
    zone = draw(st.sampled_from(("America/Los_Angeles", "Asia/Tokyo", "No/Where")))
    return replace(an_agreement(), zone=zone, obligations=owed, fulfilments=tuple(met))


BY = st.sampled_from(("custodian", "custodian", " "))


def blocks(agreement: Agreement, now: datetime, grace_days: int = 14) -> bool:
    """Tell whether a request at `now` is refused for what is owed."""
    books = some_books({"policy": {"obligation_grace_days": grace_days}})
    books.put_agreement(agreement)
    reasons = decide(a_request(), books, in_force(books), now).reasons
    return ReasonCode.OBLIGATION_OVERDUE in {reason.code for reason in reasons}


@MANY
@given(agreement=agreements(), now=INSTANTS, later=SPANS)
def test_time_alone_never_lets_an_agreement_count_again(
    agreement: Agreement, now: datetime, later: timedelta
) -> None:
    # What the books take: nothing that is dated ahead.
    known = replace(agreement, fulfilments=tuple(one for one in agreement.fulfilments if one.at <= now))
    if blocks(known, now):
        assert blocks(known, now + later)


@MANY
@given(agreement=agreements(), now=INSTANTS)
def test_what_is_dated_ahead_counts_for_nothing_until_then(agreement: Agreement, now: datetime) -> None:
    known = replace(agreement, fulfilments=tuple(one for one in agreement.fulfilments if one.at <= now))
    assert blocks(agreement, now) == blocks(known, now)


@MANY
@given(agreement=agreements(), now=INSTANTS, days=st.tuples(st.integers(-3, 60), st.integers(-3, 60)))
def test_less_grace_blocks_no_less_and_none_is_longer_than_the_longest(
    agreement: Agreement, now: datetime, days: tuple[int, int]
) -> None:
    less, more = sorted(days)
    assert blocks(agreement, now, less) >= blocks(agreement, now, more)
    assert blocks(agreement, now, max(more, MOST_GRACE_DAYS)) == blocks(agreement, now, MOST_GRACE_DAYS)


@MANY
@given(before=agreements(), after=agreements(), now=INSTANTS)
def test_what_one_person_may_change_lets_nothing_through_again(
    before: Agreement, after: Agreement, now: datetime
) -> None:
    changed = replace(before, obligations=after.obligations, fulfilments=after.fulfilments)
    more = replace(before, obligations=(*before.obligations, *after.obligations))
    for each in (changed, more):
        if not agreement_gains(before, each):
            assert blocks(each, now) >= blocks(before, now)


@MANY
@given(due=DAYS, zone=st.sampled_from(("America/Los_Angeles", "Asia/Tokyo")), grace=st.integers(0, 30))
def test_the_grace_is_days_of_the_wall_calendar_of_the_zone(due: date, zone: str, grace: int) -> None:
    agreement = replace(an_agreement(), zone=zone, obligations=(_owed(due),))
    end = datetime.combine(due + timedelta(days=grace + 1), datetime.min.time(), ZoneInfo(zone))
    assert not blocks(agreement, end.astimezone(UTC) - timedelta(microseconds=1), grace)
    assert blocks(agreement, end.astimezone(UTC), grace)


@given(due=st.dates(), zone=st.sampled_from((UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Niue"), None)))
def test_any_day_of_the_calendar_can_be_asked(due: date, zone: Any) -> None:
    for duty in duties_of(replace(an_agreement(), obligations=(_owed(due),)), zone):
        assert duty.overdue_at <= duty.stops_at(0) <= duty.stops_at(MOST_GRACE_DAYS)
        assert duty.stops(NOW, 0) == duty.is_overdue(NOW)


def test_the_hash_of_a_policy_without_days_of_its_own_is_as_it_was() -> None:
    books = some_books()
    known = in_force(books).policy_hash
    books.put_policy(a_policy(obligation_grace_days=14))
    assert in_force(books).policy_hash == known
    books.put_policy(a_policy(obligation_grace_days=13))
    assert in_force(books).policy_hash != known


def _owed(due: date) -> Obligation:
    return Obligation(kind="attestation", text="attest yearly", due=due)
