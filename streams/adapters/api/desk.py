"""The pages behind the door: ask, look, supplement, withdraw."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from http import HTTPStatus

from aiohttp import hdrs, web

from streams.adapters.api.answers import UNKNOWN, AnswerMemory, RequestState
from streams.adapters.api.body import JSON_TYPE, body_of
from streams.adapters.api.problems import problem, unreadable
from streams.adapters.intake import Intake
from streams.clock import Clock
from streams.codecs.json_text import json_text
from streams.codecs.keyring import Keyring
from streams.codecs.submission_json import submission_from_json, supplement_from_json
from streams.errors import CodecError, UnavailableError
from streams.policy.digest import identify
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import EntityId, ReasonCode, RequestId, Verdict
from streams.policy.withdrawal import Withdrawal

CHANNEL = "api"
IDEMPOTENCY_KEY = "Idempotency-Key"
# Longer than a leader election takes; then the partner is told to send it again.
SECONDS_TO_PASS_ON = 15.0
RETRY_SECONDS = 5
AGAIN: Mapping[str, str] = {hdrs.RETRY_AFTER: str(RETRY_SECONDS)}

# Hands what is sealed to Kafka; raises UnavailableError.
Send = Callable[[SharingRequest | Withdrawal], Awaitable[object]]
# Why the answers that are known may not be all that there are, or None.
Behind = Callable[[], str | None]


class Desk:
    """Takes requests of agencies that were let in, and tells them how these stand."""

    def __init__(
        self, keyring: Keyring, memory: AnswerMemory, send: Send, behind: Behind, clock: Clock
    ) -> None:
        self._keyring = keyring
        self._memory = memory
        self._send = send
        self._clock = clock
        self._behind = behind

    async def submit(self, request: web.Request, entity_id: EntityId) -> web.Response:
        """Pass a request on to the gate."""
        body = await body_of(request)
        if isinstance(body, web.Response):
            return body
        try:
            asked = submission_from_json(body)
        except CodecError as error:
            return unreadable(error)
        # The id is the key already; another key would promise what the gate does not keep.
        if request.headers.get(IDEMPOTENCY_KEY, asked.request_id).strip('"') != asked.request_id:
            detail = f"{IDEMPOTENCY_KEY}: expected the `request_id`, which is the key; or leave it out"
            return problem(HTTPStatus.CONFLICT, detail, "request_id")
        return await self._pass_on(asked, entity_id)

    async def show(self, request: web.Request, entity_id: EntityId) -> web.Response:
        """Tell how the agency's own request stands."""
        request_id = _id_in(request)
        state = self._memory.state(entity_id, request_id)
        if state == UNKNOWN:
            return self._unknown()
        return _state_page(request_id, state)

    async def supplement(self, request: web.Request, entity_id: EntityId) -> web.Response:
        """Pass on what fills the gaps of a held request."""
        request_id = _id_in(request)
        state = self._memory.state(entity_id, request_id)
        if state == UNKNOWN:
            return self._unknown()
        if not any(held.missing for held in state.open_holds(self._clock.now())):
            detail = (
                "nothing that you could supply is missing in this request; for anything else send a new one"
            )
            return problem(HTTPStatus.CONFLICT, detail)
        body = await body_of(request)
        if isinstance(body, web.Response):
            return body
        try:
            supplement = supplement_from_json(body, request_id)
        except CodecError as error:
            return unreadable(error)
        return await self._pass_on(supplement, entity_id)

    async def withdraw(self, request: web.Request, entity_id: EntityId) -> web.Response:
        """Pass on that the agency takes back its own request, as long as that is held."""
        request_id = _id_in(request)
        state = self._memory.state(entity_id, request_id)
        if state == UNKNOWN:
            return self._unknown()
        held = next(state.open_holds(self._clock.now()), None)
        if held is None or held.deadline is None:
            return problem(HTTPStatus.CONFLICT, _why_not_held(state))
        asked = Withdrawal(
            request_id=request_id,
            decision_id=held.decision_id,
            deadline=held.deadline,
            authenticated_as=entity_id,
        )
        self._memory.await_end(entity_id, request_id, held.decision_id)
        sealed = Intake(self._keyring, lambda _: entity_id).vouch(asked)
        return await self._hand_over(sealed, lambda: self._memory.await_end(entity_id, request_id, None))

    def _unknown(self) -> web.Response:
        """Answer alike for what is not there and for what is another's."""
        behind = self._behind()
        if behind is not None:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{behind}; try again", headers=AGAIN)
        detail = "no request of yours with this id is known; send it again if you sent it, that is a repeat"
        return problem(HTTPStatus.NOT_FOUND, detail)

    async def _pass_on(self, asked: SharingRequest, entity_id: EntityId) -> web.Response:
        request_id = asked.request_id
        accepted = Intake(self._keyring, lambda _: entity_id).accept(replace(asked, channel=CHANNEL))
        decision_id = identify(accepted).decision_id
        # Before it is sent: the answer may be here before the brokers' receipt.
        self._memory.expect(entity_id, request_id, decision_id)
        return await self._hand_over(
            accepted, lambda: self._memory.give_up(entity_id, request_id, decision_id)
        )

    async def _hand_over(
        self, sealed: SharingRequest | Withdrawal, give_up: Callable[[], None]
    ) -> web.Response:
        """Hand it to Kafka, and give up waiting for an answer where that fails."""
        try:
            async with asyncio.timeout(SECONDS_TO_PASS_ON):
                await self._send(sealed)
        except (UnavailableError, TimeoutError):
            give_up()
            detail = (
                "what you sent may not have been taken; send it again as it is, that is a repeat at worst"
            )
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers=AGAIN)
        return web.Response(
            status=HTTPStatus.ACCEPTED,
            body=json_text({"request_id": sealed.request_id}),
            content_type=JSON_TYPE,
            headers={hdrs.LOCATION: f"/v1/requests/{sealed.request_id}"},
        )


def _id_in(request: web.Request) -> RequestId:
    return RequestId(request.match_info["request_id"])


def _why_not_held(state: RequestState) -> str:
    """Return why there is nothing to withdraw."""
    if not state.answers:
        return "the gate has not answered yet; only what is held can be withdrawn, so wait for its answer"
    last = state.answers[-1]
    if any(reason.code is ReasonCode.WITHDRAWN for reason in last.reasons):
        return "the request is withdrawn already"
    if last.verdict is Verdict.HOLD:
        return "the deadline of the hold has passed, so the request becomes a block"
    return f"the request is decided: {last.verdict}; what is decided cannot be withdrawn"


def _state_page(request_id: RequestId, state: RequestState) -> web.Response:
    content = {
        "request_id": request_id,
        "state": "waiting" if state.is_waiting else "answered",
        "answers": state.answers,
    }
    return web.Response(body=json_text(content), content_type=JSON_TYPE)
