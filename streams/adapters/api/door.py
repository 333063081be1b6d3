"""The door: who has shown who they are comes in, and not too often."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from aiohttp import hdrs, web

from streams.adapters.api.credentials import Credentials, Refusal
from streams.adapters.api.problems import problem
from streams.adapters.api.rate import Rate
from streams.metric_names import Refused
from streams.policy.vocabulary import EntityId

Handler = Callable[[web.Request, EntityId], Awaitable[web.Response]]


class Door:
    """Lets in whom the credentials name, at the rate of each.

    `admit` hears of each entity that comes in, `refused` why somebody did not.
    """

    def __init__(
        self,
        credentials: Credentials,
        rate: Rate,
        admit: Callable[[EntityId], None],
        refused: Callable[[Refused], None],
    ) -> None:
        self._credentials = credentials
        self._rate = rate
        self._admit = admit
        self._refused = refused

    @property
    def problem(self) -> str | None:
        """Return why nobody can come in, or None."""
        return self._credentials.problem

    def guarding(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return the handler behind this door."""

        async def guarded(request: web.Request) -> web.Response:
            entity_id = self._credentials.holder(request)
            if isinstance(entity_id, Refusal):
                self._refused(entity_id.reason)
                return _turned_away(entity_id)
            self._admit(entity_id)
            seconds = self._rate.wait(entity_id)
            if seconds:
                self._refused(Refused.RATE)
                return problem(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    f"too many requests; try again in {seconds} s",
                    headers={hdrs.RETRY_AFTER: str(seconds)},
                )
            return await handler(request, entity_id)

        return guarded


def _turned_away(refusal: Refusal) -> web.Response:
    headers: dict[str, str] = {}
    if refusal.status is HTTPStatus.UNAUTHORIZED:
        headers[hdrs.WWW_AUTHENTICATE] = refusal.challenge
    return problem(refusal.status, refusal.detail, headers=headers)
