"""What a backtest does not decide it need not: the tally is that of `decide` on both sides, one by one."""

from datetime import datetime
from functools import partial

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.comparison import Compared, Outcome, Side, compared
from streams.policy.decide import decide
from streams.policy.decision import Decision
from streams.policy.request import SharingRequest
from streams.rehearsal.amendment import side_of
from streams.rehearsal.asked import Asked, Rehearsal
from streams.rehearsal.tally import Tally
from tests.policy.building import NOW
from tests.properties import strategies

MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def decided(request: SharingRequest, side: Side, at: datetime) -> Decision:
    return decide(request, side.books, side.policy, at)


def _outcome(decision: Decision) -> Outcome:
    return Outcome(decision.verdict, decision.leading_reason)


def _as_it_is(request: SharingRequest, _: bytes) -> SharingRequest:
    return request


@MANY
@given(
    books=strategies.books(),
    changes=st.lists(strategies.agreements(), max_size=3),
    requests=st.lists(strategies.requests(), min_size=1, max_size=5),
    at=st.none() | strategies.instants(1),
)
def test_a_backtest_counts_what_decide_says(
    books: Books, changes: list[Agreement], requests: list[SharingRequest], at: datetime | None
) -> None:
    amended = books.copy()
    for agreement in changes:
        amended.put_agreement(agreement)
    before, after = side_of(books), side_of(amended)
    found, expected = Tally(), Tally()
    rehearsal = Rehearsal(compared(before, after), NOW)
    for place, request in enumerate(requests):
        rehearsal.take(found, Asked(place, b"", at), partial(_as_it_is, request))
        then = at or request.requested_at or NOW
        first, second = decided(request, before, then), decided(request, after, then)
        entity_id = second.entity_id or first.entity_id
        expected.note(request, then, Compared(_outcome(first), _outcome(second), entity_id))
    assert found == expected


@MANY
@given(
    books=strategies.books(),
    changes=st.lists(strategies.agreements(), min_size=1, max_size=3),
    request=strategies.requests(),
)
def test_what_is_spared_is_decided_alike_to_the_last_reason(
    books: Books, changes: list[Agreement], request: SharingRequest
) -> None:
    amended = books.copy()
    for agreement in changes:
        amended.put_agreement(agreement)
    before, after = side_of(books), side_of(amended)
    if compared(before, after).spares(request.recipient_name):
        assert decided(request, before, NOW) == decided(request, after, NOW)
