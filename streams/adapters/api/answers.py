"""What the service knows of each agency's requests: those it passed on, and the answers to them.

An answer belongs to the entity that an intake vouched for, never to the organisation that the request names:
anybody can write any name there. An answer to nobody who is known belongs to nobody and is not kept.

Bounded by number, for each agency by itself, so that none can push out another's.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from streams.codecs.answer import decode_answer
from streams.errors import CodecError
from streams.kafka.batch import Record
from streams.logs import get_logger
from streams.policy.answer import Answer
from streams.policy.vocabulary import DecisionId, EntityId, RecordKind, RequestId, Verdict

log = get_logger(__name__)

MOST_REQUESTS = 1000
MOST_ANSWERS = 16


def _leaves_open(answer: Answer) -> bool:
    return answer.verdict is Verdict.HOLD and answer.follows == answer.decision_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestState:
    """The answers to one request id, oldest first, and the decisions that are still awaited under it.

    `ending` is the hold whose end is awaited, since it is withdrawn, or None.
    """

    answers: tuple[Answer, ...] = ()
    awaited: tuple[DecisionId, ...] = ()
    ending: DecisionId | None = None

    @property
    def is_waiting(self) -> bool:
        """Tell whether something that was passed on has no answer yet."""
        return bool(self.awaited) or self.ending is not None

    def open_holds(self, now: datetime) -> Iterator[Answer]:
        """Yield the holds that are open at that instant, the newest first."""
        # A review that clears a part leaves the rest open under the same id.
        ended = {
            answer.follows
            for answer in self.answers
            if answer.kind is RecordKind.RESOLUTION and not _leaves_open(answer)
        }
        for answer in reversed(self.answers):
            is_open = answer.verdict is Verdict.HOLD and answer.decision_id not in ended
            if is_open and answer.deadline is not None and now < answer.deadline:
                yield answer

    def expecting(self, decision_id: DecisionId) -> "RequestState":
        """Return the state with one more decision that is awaited."""
        others = self.without(decision_id).awaited
        return replace(self, awaited=(*others, decision_id)[-MOST_ANSWERS:])

    def withdrawing(self, decision_id: DecisionId | None) -> "RequestState":
        """Return the state in which the end of that hold is awaited; None for none."""
        return replace(self, ending=decision_id)

    def without(self, decision_id: DecisionId) -> "RequestState":
        """Return the state in which that decision is not awaited."""
        return replace(self, awaited=tuple(one for one in self.awaited if one != decision_id))

    def answered(self, answer: Answer) -> "RequestState":
        """Return the state with one more answer."""
        state = self.without(answer.decision_id)
        # However it ended: what was withdrawn too late has an answer too.
        if answer.kind is RecordKind.RESOLUTION and answer.follows == state.ending:
            state = state.withdrawing(None)
        return replace(state, answers=(*state.answers, answer)[-MOST_ANSWERS:])


UNKNOWN = RequestState()


class AnswerMemory:
    """The states of the newest requests of each agency that was admitted; `most` for each."""

    def __init__(self, most: int = MOST_REQUESTS) -> None:
        self._most = most
        self._agencies: dict[EntityId, OrderedDict[RequestId, RequestState]] = {}

    def admit(self, entity_id: EntityId) -> None:
        """Keep this entity's answers from now on."""
        self._agencies.setdefault(entity_id, OrderedDict())

    def take(self, record: Record) -> None:
        """Keep the answer in a record of the topic, if it is for an entity that was admitted."""
        try:
            answer = decode_answer(record.value)
        except CodecError as error:
            log.warning("an answer cannot be read", offset=record.offset, error=error)
            return
        # Without a name it is an answer to nobody, or of a gate that did not write one yet.
        if answer.authenticated_as is not None and answer.authenticated_as in self._agencies:
            known = self.state(answer.authenticated_as, answer.request_id)
            self._put(answer.authenticated_as, answer.request_id, known.answered(answer))

    def expect(self, entity_id: EntityId, request_id: RequestId, decision_id: DecisionId) -> None:
        """Await that decision for the entity's request."""
        self._put(entity_id, request_id, self.state(entity_id, request_id).expecting(decision_id))

    def await_end(self, entity_id: EntityId, request_id: RequestId, decision_id: DecisionId | None) -> None:
        """Await the end of that hold of the entity's request; None for none any more."""
        self._put(entity_id, request_id, self.state(entity_id, request_id).withdrawing(decision_id))

    def give_up(self, entity_id: EntityId, request_id: RequestId, decision_id: DecisionId) -> None:
        """Await it no more: nobody knows whether the gate will ever see it."""
        state = self.state(entity_id, request_id).without(decision_id)
        if state == UNKNOWN:
            self._agencies[entity_id].pop(request_id, None)
        else:
            self._put(entity_id, request_id, state)

    def state(self, entity_id: EntityId, request_id: RequestId) -> RequestState:
        """Return what is known of the entity's own request; `UNKNOWN` when nothing is."""
        return self._agencies.get(entity_id, OrderedDict()).get(request_id, UNKNOWN)

    def _put(self, entity_id: EntityId, request_id: RequestId, state: RequestState) -> None:
        requests = self._agencies.setdefault(entity_id, OrderedDict())
        requests[request_id] = state
        requests.move_to_end(request_id)
        if len(requests) > self._most:
            requests.popitem(last=False)
