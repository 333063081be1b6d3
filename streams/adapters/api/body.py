"""The body of a request as it may come: JSON, uncompressed, of a bounded size, in a bounded time."""

import asyncio
from http import HTTPStatus

from aiohttp import hdrs, web

from streams.adapters.api.problems import problem

JSON_TYPE = "application/json"
# A request is a few kilobytes, one with thousands of ids of reads a hundred.
MOST_BYTES = 256 << 10
# Who sends slower than this keeps a connection, and no more.
SECONDS_TO_SEND = 20.0


async def body_of(request: web.Request) -> bytes | web.Response:
    """Return the body, or the refusal of it."""
    if request.content_type != JSON_TYPE:
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"expected Content-Type: {JSON_TYPE}")
    return await bounded_body(request, MOST_BYTES)


async def bounded_body(request: web.Request, most: int) -> bytes | web.Response:
    """Return a body of any type, or its refusal; the application enforces the limit, and this tells it."""
    if hdrs.CONTENT_ENCODING in request.headers:
        return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "expected no Content-Encoding")
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"expected at most {most} bytes")
    except TimeoutError:
        return problem(HTTPStatus.REQUEST_TIMEOUT, f"expected the body within {SECONDS_TO_SEND:.0f} s")
