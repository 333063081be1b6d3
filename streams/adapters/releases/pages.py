"""The pages of the desk: what they take, and what they answer; errors are problems of RFC 9457."""

import re
from http import HTTPStatus

import orjson
from aiohttp import web

from streams.adapters.api.body import body_of, bounded_body
from streams.adapters.api.problems import problem, unreadable
from streams.adapters.releases.desk import Fetch, Receipt, ReleaseDesk, Shown
from streams.codecs.json_text import json_text
from streams.codecs.record_codec import OUTPUT_LIMIT
from streams.errors import BooksNotCurrentError, CodecError, InputError, UnavailableError
from streams.policy.decision import Reason
from streams.policy.names import is_blank
from streams.policy.vocabulary import DecisionId, EntityId

AVRO_TYPE = "application/octet-stream"
JSON_TYPE = "application/json"
# Headers, since ids and names belong in no URL.
READ_ID, USER = "Alpr-Read-Id", "Alpr-User"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LONGEST = 200


class Pages:
    """The desk over HTTP, for entities that were let in."""

    def __init__(self, desk: ReleaseDesk) -> None:
        self._desk = desk

    async def redeem(self, request: web.Request, entity_id: EntityId) -> web.Response:
        """Begin to carry out the order in the body, as it lies in the recipient's topic."""
        shown = await self._shown(request, entity_id)
        if isinstance(shown, web.Response):
            return shown
        try:
            order = await self._desk.redeem(shown)
        except (BooksNotCurrentError, UnavailableError) as error:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        if isinstance(order, Reason):
            return _refused(order)
        return web.Response(body=json_text(order), content_type=JSON_TYPE)

    async def receipt(self, request: web.Request, entity_id: EntityId) -> web.Response:
        """Take the receipt of an order: `count` of reads, and the SHA-256 of them."""
        body = await body_of(request)
        if isinstance(body, web.Response):
            return body
        decision_id = DecisionId(request.match_info["decision_id"])
        receipt = _receipt(body, decision_id, entity_id)
        if isinstance(receipt, web.Response):
            return receipt
        try:
            reason = await self._desk.close(receipt)
        except UnavailableError as error:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        if reason is not None:
            return problem(HTTPStatus.CONFLICT, reason.message)
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def image(self, request: web.Request, entity_id: EntityId) -> web.Response:
        """Hand out the image of a read in the release in the body."""
        shown = await self._shown(request, entity_id)
        if isinstance(shown, web.Response):
            return shown
        wanted = Fetch(read_id=request.headers.get(READ_ID, ""), user=request.headers.get(USER, ""))
        for name, value in ((READ_ID, wanted.read_id), (USER, wanted.user)):
            if is_blank(value) or len(value) > _LONGEST:
                return problem(
                    HTTPStatus.BAD_REQUEST, f"expected a header {name} of up to {_LONGEST} letters"
                )
        try:
            image = await self._desk.fetch(shown, wanted)
        except (BooksNotCurrentError, UnavailableError, InputError) as error:
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
        if isinstance(image, Reason):
            return _refused(image)
        return web.Response(body=image, content_type=AVRO_TYPE)

    async def _shown(self, request: web.Request, entity_id: EntityId) -> Shown | web.Response:
        if request.content_type != AVRO_TYPE:
            return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"expected Content-Type: {AVRO_TYPE}")
        body = await bounded_body(request, OUTPUT_LIMIT)
        if isinstance(body, web.Response):
            return body
        try:
            return self._desk.shown(body, entity_id)
        except CodecError as error:
            return unreadable(error)


def _receipt(body: bytes, decision_id: DecisionId, by: EntityId) -> Receipt | web.Response:
    try:
        content = orjson.loads(body)
        count, digest = content["count"], content["digest"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return problem(HTTPStatus.BAD_REQUEST, "expected a JSON object with `count` and `digest`")
    if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count < 1 << 53:
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "expected how many reads went", "count")
    if not isinstance(digest, str) or not _DIGEST.fullmatch(digest):
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "expected a SHA-256 in small hex", "digest")
    return Receipt(decision_id=decision_id, count=count, digest=digest, by=by)


def _refused(reason: Reason) -> web.Response:
    return problem(HTTPStatus.FORBIDDEN, f"{reason.code}: {reason.message} ({reason.clause})")
