"""An evidence hold lifts two reasons, for its own case, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.decision import Decision
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.request import PlateRead, SharingRequest
from streams.policy.vocabulary import ReasonCode, Verdict
from tests.policy.building import NOW, a_policy, a_request, an_agreement, an_evidence_hold, in_force
from tests.properties import strategies

MANY = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
LIFTED = {ReasonCode.RETENTION_EXCEEDED, ReasonCode.LOGICALLY_DELETED}
CASES = st.sampled_from(("24-001234", " 24-001234", "24-9", "", "\u00a0"))
PLATES = ("8ABC123", "8abc-123", "8XYZ987", "8ABC*", "*", "")
READS = ("read-9", "read-8", "*", "")
STATUSES = st.sampled_from(("active", "active", "active", "released", "unknown"))


@st.composite
def holds(draw: st.DrawFn) -> EvidenceHold:
    """Return any hold, near enough to the base that many lift something."""
    hold = an_evidence_hold(
        hold_id=draw(st.sampled_from(("a", "b"))), status=draw(STATUSES), case_number=draw(CASES)
    )
    return replace(
        hold,
        approved_by=draw(strategies.near("lt. approver", st.sampled_from(("", "det requester")))),
        plates=draw(strategies.some(st.sampled_from(PLATES))),
        read_ids=draw(strategies.some(st.sampled_from(READS))),
        window_from=draw(strategies.instants()),
        window_to=draw(strategies.instants()),
        reverify_due=NOW + timedelta(seconds=draw(st.integers(-2, 2))),
    )


@st.composite
def old_requests(draw: st.DrawFn) -> SharingRequest:
    """Return any request; half of them ask for a window or push reads of many years."""
    request = draw(strategies.requests())
    if draw(st.booleans()):
        return request
    start = draw(strategies.instants())
    asked: dict[str, Any] = {
        "plate": draw(st.sampled_from(PLATES)),
        "read_ids": draw(strategies.some(st.sampled_from(READS))),
        "window_from": start,
        "window_to": start + timedelta(days=draw(st.integers(0, 30))),
    }
    asking = a_request(case_number=draw(CASES), selector=asked)
    if draw(st.booleans()):
        return asking
    reads = st.builds(
        PlateRead,
        read_id=st.sampled_from(READS),
        captured_at=strategies.instants(),
        plate=st.sampled_from(PLATES),
        network=st.just("north"),
    )
    return replace(asking, records=draw(strategies.some(reads)))


@st.composite
def near_books(draw: st.DrawFn) -> Books:
    books = draw(strategies.books())
    if draw(st.booleans()):
        books.put_agreement(an_agreement(version=9, max_record_age="P9Y"))
        books.put_policy(a_policy(require_case_number=False))
    return books


def _decide(request: SharingRequest, books: Books) -> Decision:
    return decide(request, books, in_force(books), NOW)


def _with(books: Books, *added: EvidenceHold) -> Books:
    twin = books.copy()
    for hold in added:
        twin.put_evidence_hold(hold)
    return twin


@MANY
@given(request=old_requests(), books=near_books(), added=st.lists(holds(), min_size=1, max_size=3))
def test_holds_take_away_their_two_reasons_and_change_nothing_else(
    request: SharingRequest, books: Books, added: list[EvidenceHold]
) -> None:
    before, after = _decide(request, books), _decide(request, _with(books, *added))
    assert {reason.code for reason in before.reasons} - {reason.code for reason in after.reasons} <= LIFTED
    rest = [reason for reason in before.reasons if reason.code not in LIFTED]
    assert [reason for reason in after.reasons if reason.code not in LIFTED] == rest
    if before.verdict is not Verdict.FORWARD and after.verdict is Verdict.FORWARD:
        assert not rest
    if before.verdict is Verdict.FORWARD:
        assert after == before


@MANY
@given(request=old_requests(), books=near_books(), hold=holds())
def test_a_hold_of_another_case_or_that_does_not_lift_changes_nothing(
    request: SharingRequest, books: Books, hold: EvidenceHold
) -> None:
    idle = (
        replace(hold, case_number=f"not {request.case_number}"),
        replace(hold, plates=(), read_ids=()),
        replace(hold, reverify_due=NOW),
        replace(hold, approved_by=hold.requested_by),
        replace(hold, window_to=hold.window_from),
    )
    before = _decide(request, books)
    for one in idle:
        assert _decide(request, _with(books, one)) == before


@MANY
@given(request=old_requests(), books=near_books(), added=st.lists(holds(), max_size=3), hold=holds())
def test_a_hold_that_nobody_can_read_lets_go_no_more_than_none(
    request: SharingRequest, books: Books, added: list[EvidenceHold], hold: EvidenceHold
) -> None:
    without = _with(books, *(one for one in added if one.hold_id != hold.hold_id))
    unreadable = _with(without, hold)
    unreadable.drop(f"evidence-hold/{hold.hold_id}")
    assert _decide(request, unreadable) == _decide(request, without)
    assert hold.hold_id in unreadable.unreadable_evidence_holds()
