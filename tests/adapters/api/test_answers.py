from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from streams.adapters.api.answers import MOST_ANSWERS, UNKNOWN, AnswerMemory, RequestState
from streams.codecs.answer import encode_answer
from streams.codecs.trace_context import Headers
from streams.policy.answer import Answer
from streams.policy.vocabulary import DecisionId, EntityId, RecordKind, RequestId, Verdict
from tests.policy.building import NOW

PASADENA, BURBANK = EntityId("us-ca-pasadena-pd"), EntityId("us-ca-burbank-pd")
R1 = RequestId("r-1")
LATER = NOW + timedelta(days=14)
HOLD = Answer(
    decision_id=DecisionId("d-1"),
    request_id=R1,
    organisation="Pasadena CA PD",
    kind=RecordKind.DECISION,
    follows=None,
    verdict=Verdict.HOLD,
    reasons=(),
    missing=("reason_text",),
    deadline=LATER,
    explanation="because",
    answered_at=NOW,
    authenticated_as=PASADENA,
)
EXPIRED = replace(
    HOLD,
    kind=RecordKind.RESOLUTION,
    follows=DecisionId("d-1"),
    verdict=Verdict.BLOCK,
    missing=(),
    deadline=None,
)
STILL = replace(HOLD, decision_id=DecisionId("d-2"), kind=RecordKind.RESOLUTION, follows=DecisionId("d-1"))


@dataclass(frozen=True)
class Told:
    """A record of the topic of answers."""

    value: bytes | None
    key: bytes | None = None
    offset: int = 0
    timestamp: int = 0
    headers: Headers = ()


def told(answer: Answer) -> Told:
    return Told(encode_answer(answer))


@pytest.fixture
def memory() -> AnswerMemory:
    memory = AnswerMemory(most=3)
    memory.admit(PASADENA)
    memory.admit(BURBANK)
    return memory


def test_an_answer_is_its_entitys_whatever_organisation_it_names(memory: AnswerMemory) -> None:
    memory.take(told(replace(HOLD, organisation="Burbank CA PD")))
    assert memory.state(BURBANK, R1) == UNKNOWN
    assert [answer.verdict for answer in memory.state(PASADENA, R1).answers] == [Verdict.HOLD]


@pytest.mark.parametrize("entity_id", [None, "", "us-ca-nobody"])
def test_an_answer_to_nobody_who_is_known_is_not_kept(memory: AnswerMemory, entity_id: str | None) -> None:
    memory.take(told(replace(HOLD, authenticated_as=None if entity_id is None else EntityId(entity_id))))
    assert memory.state(PASADENA, R1) == memory.state(EntityId(entity_id or ""), R1) == UNKNOWN


@pytest.mark.parametrize("value", [None, b"", b"\x00\x00\x00\x00\x03"])
def test_what_is_no_answer_is_passed_over(memory: AnswerMemory, value: bytes | None) -> None:
    memory.take(Told(value))
    memory.take(told(HOLD))
    assert len(memory.state(PASADENA, R1).answers) == 1


def test_it_waits_for_just_what_was_passed_on(memory: AnswerMemory) -> None:
    memory.expect(PASADENA, R1, DecisionId("d-1"))
    memory.expect(PASADENA, R1, DecisionId("d-2"))
    memory.take(told(HOLD))
    assert memory.state(PASADENA, R1).is_waiting
    memory.take(told(STILL))
    assert not memory.state(PASADENA, R1).is_waiting


def test_what_was_not_taken_is_not_awaited(memory: AnswerMemory) -> None:
    memory.expect(PASADENA, R1, DecisionId("d-1"))
    memory.give_up(PASADENA, R1, DecisionId("d-1"))
    assert memory.state(PASADENA, R1) == UNKNOWN
    memory.take(told(HOLD))
    memory.expect(PASADENA, R1, DecisionId("d-2"))
    memory.give_up(PASADENA, R1, DecisionId("d-2"))
    assert memory.state(PASADENA, R1) == RequestState(answers=(HOLD,))


def test_an_agency_that_asks_much_pushes_out_its_own_alone(memory: AnswerMemory) -> None:
    memory.take(told(replace(HOLD, authenticated_as=BURBANK)))
    for number in range(9):
        memory.take(told(replace(HOLD, request_id=RequestId(f"r-{number}"))))
    known = [number for number in range(9) if memory.state(PASADENA, RequestId(f"r-{number}")) != UNKNOWN]
    assert known == [6, 7, 8]
    assert memory.state(BURBANK, R1) != UNKNOWN


def test_one_request_has_so_many_answers_at_most(memory: AnswerMemory) -> None:
    for _ in range(2 * MOST_ANSWERS):
        memory.take(told(HOLD))
        memory.expect(PASADENA, R1, DecisionId("d-9"))
    state = memory.state(PASADENA, R1)
    assert (len(state.answers), len(state.awaited)) == (MOST_ANSWERS, 1)


@pytest.mark.parametrize(
    ("answers", "is_open"),
    [
        ((), False),
        ((HOLD,), True),
        ((HOLD, STILL), True),
        ((HOLD, EXPIRED), False),
        # A reviewer cleared a part, and something is missing still.
        ((HOLD, replace(HOLD, kind=RecordKind.RESOLUTION, follows=HOLD.decision_id)), True),
        ((HOLD, replace(STILL, verdict=Verdict.FORWARD)), False),
        ((HOLD, replace(HOLD, kind=RecordKind.REPEAT, follows=HOLD.decision_id)), True),
        ((replace(HOLD, missing=()),), False),
        ((replace(HOLD, deadline=NOW),), False),
        ((replace(HOLD, deadline=None),), False),
        ((replace(HOLD, verdict=Verdict.UNKNOWN),), False),
    ],
)
def test_only_an_open_hold_that_lacks_something_can_be_supplemented(
    answers: tuple[Answer, ...], *, is_open: bool
) -> None:
    held = RequestState(answers=answers).open_holds(NOW)
    assert any(each.missing for each in held) == is_open


def test_what_waits_for_a_reviewer_alone_is_open_too() -> None:
    for_review = replace(HOLD, missing=())
    assert list(RequestState(answers=(HOLD, for_review)).open_holds(NOW)) == [for_review, HOLD]


def test_a_withdrawal_waits_until_the_hold_has_ended_however_that_was(memory: AnswerMemory) -> None:
    for end in (EXPIRED, STILL):
        memory.take(told(HOLD))
        memory.await_end(PASADENA, R1, HOLD.decision_id)
        memory.take(told(replace(HOLD, kind=RecordKind.REPEAT, follows=HOLD.decision_id)))
        assert memory.state(PASADENA, R1).is_waiting
        memory.take(told(end))
        assert not memory.state(PASADENA, R1).is_waiting
