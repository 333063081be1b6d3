from datetime import timedelta
from typing import Any

from streams.policy.answer import Answer
from streams.policy.answers import Occasion, answer_of
from streams.policy.decide import decide
from streams.policy.vocabulary import DecisionId, RecordKind, Verdict
from tests.policy.building import NOW, a_request, in_force, some_books

DEADLINE = NOW + timedelta(days=14)


def _answer(**when: Any) -> Answer:
    books = some_books()
    decision = decide(a_request(**when), books, in_force(books), NOW)
    occasion = Occasion(
        kind=RecordKind.DECISION, follows=DecisionId("d-0"), deadline=DEADLINE, explanation="because"
    )
    return answer_of(decision, occasion, NOW)


def test_a_hold_names_what_is_missing_once_and_until_when() -> None:
    answer = _answer(case_number=None, reason_text=None, purpose_code=None, requested_at=None)
    assert answer.verdict is Verdict.HOLD
    assert answer.missing == ("requested_at", "purpose_code", "reason_text", "case_number")
    assert answer.deadline == DEADLINE


def test_what_a_reviewer_must_clear_is_not_missing() -> None:
    assert _answer(reason_text="ICE").missing == ()


def test_a_block_names_nothing_to_supply_although_something_is_missing() -> None:
    answer = _answer(case_number=None, consideration="money")
    assert answer.verdict is Verdict.BLOCK
    assert (answer.missing, answer.deadline) == ((), None)
    assert [reason.code for reason in answer.reasons] == ["COMMERCIAL_PURPOSE", "CASE_NUMBER_MISSING"]


def test_an_answer_goes_to_who_asked() -> None:
    answer = _answer()
    books = some_books()
    assert answer.decision_id == decide(a_request(), books, in_force(books), NOW).decision_id
    assert (answer.organisation, answer.request_id) == ("Pasadena CA PD", "r-1")
    assert (answer.follows, answer.explanation, answer.answered_at) == ("d-0", "because", NOW)
    assert answer.kind is RecordKind.DECISION
