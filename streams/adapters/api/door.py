"""Who may come in: the bearer token says which entity asks, and nothing else does.

No header of a proxy is believed, and no name in the body: what a sender writes is not who the sender is.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

from aiohttp import hdrs, web

from streams.adapters.api.problems import problem
from streams.adapters.api.rate import Rate
from streams.codecs.access_tokens import holder_of, load_tokens
from streams.errors import InputError
from streams.logs import get_logger
from streams.policy.vocabulary import EntityId

log = get_logger(__name__)

Handler = Callable[[web.Request, EntityId], Awaitable[web.Response]]
_SCHEME = "bearer "
# Longer than any token of ours; nothing longer is worth a hash.
_LONGEST = 200
TOKENS_UNREADABLE = "the file of tokens cannot be read"


class Door:
    """Lets in whoever has a token of the file, as the entity that it is bound to, and not too often.

    The file is read anew for each request: it is short, and a token whose line is deleted must not open the
    door once more. A file that cannot be read lets nobody in.
    """

    def __init__(self, tokens: Path, rate: Rate, admit: Callable[[EntityId], None]) -> None:
        self._tokens = tokens
        self._rate = rate
        self._admit = admit

    @property
    def problem(self) -> str | None:
        """Return why nobody can come in, or None."""
        try:
            load_tokens(self._tokens)
        except InputError:
            return TOKENS_UNREADABLE
        return None

    def guarding(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return the handler behind this door."""

        async def guarded(request: web.Request) -> web.Response:
            entity_id = self._holder(request)
            if isinstance(entity_id, web.Response):
                return entity_id
            self._admit(entity_id)
            seconds = self._rate.wait(entity_id)
            if seconds:
                return problem(
                    HTTPStatus.TOO_MANY_REQUESTS,
                    f"too many requests; try again in {seconds} s",
                    headers={hdrs.RETRY_AFTER: str(seconds)},
                )
            return await handler(request, entity_id)

        return guarded

    def _holder(self, request: web.Request) -> EntityId | web.Response:
        given = request.headers.get(hdrs.AUTHORIZATION, "")
        if not given.lower().startswith(_SCHEME) or len(given) > _LONGEST:
            return _refused("Bearer", "send the token of your agency as `Authorization: Bearer …`")
        try:
            holder = holder_of(load_tokens(self._tokens), given[len(_SCHEME) :].strip())
        except InputError as error:
            log.warning("the file of tokens cannot be read", error=error)
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{TOKENS_UNREADABLE}; tell the agency")
        if holder is None:
            return _refused('Bearer error="invalid_token"', "the token is none of this service; ask for one")
        return holder


def _refused(challenge: str, detail: str) -> web.Response:
    return problem(HTTPStatus.UNAUTHORIZED, detail, headers={hdrs.WWW_AUTHENTICATE: challenge})
