"""What becomes of a hold that whoever asked takes back."""

from dataclasses import replace
from datetime import timedelta

from streams.policy.decide import decide
from streams.policy.decision import Decision, Reason
from streams.policy.hold import Hold
from streams.policy.holds import open_hold
from streams.policy.vocabulary import EntityId, ReasonCode, Verdict
from streams.policy.withdrawal import Withdrawal
from streams.policy.withdrawals import withdraw
from tests.policy.building import NOW, a_request, in_force, some_books

LATER = NOW + timedelta(hours=1)


def held() -> Hold:
    books = some_books()
    policy = in_force(books)
    request = a_request(reason_text="ice detainer for a homicide suspect")
    return open_hold(request, decide(request, books, policy, NOW), policy, NOW)


def withdrawal(hold: Hold) -> Withdrawal:
    return Withdrawal(
        request_id=hold.request.request_id,
        decision_id=hold.decision.decision_id,
        deadline=hold.deadline,
        authenticated_as=EntityId(hold.request.authenticated_as or ""),
    )


def test_it_ends_as_a_block_at_that_instant_with_the_reasons_of_the_hold() -> None:
    hold = held()
    ended = withdraw(withdrawal(hold), hold, LATER)
    assert isinstance(ended, Decision)
    assert (ended.verdict, ended.leading_reason) == (Verdict.BLOCK, ReasonCode.WITHDRAWN)
    assert ended.decided_at == LATER
    assert ended.reasons[:-1] == hold.decision.reasons
    assert [one.code for one in ended.reasons] == [ReasonCode.REASON_NEEDS_REVIEW, ReasonCode.WITHDRAWN]


def test_nobody_takes_back_what_another_asked() -> None:
    hold = held()
    strange = replace(withdrawal(hold), authenticated_as=EntityId("another-pd"))
    refused = withdraw(strange, hold, LATER)
    assert isinstance(refused, Reason)
    assert refused.code is ReasonCode.REQUESTER_MISMATCH
