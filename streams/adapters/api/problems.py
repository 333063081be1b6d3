"""Errors of the API as `application/problem+json` (RFC 9457): what is wrong, where, and what to do.

None repeats what was sent: any text of a request may be a plate or a name.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

import orjson
from aiohttp import web

from streams.errors import CodecError, FieldError

PROBLEM_TYPE = "application/problem+json"
_STEP = re.compile(r"[^.\[\]]+")


def problem(
    status: HTTPStatus, detail: str, field: str | None = None, headers: Mapping[str, str] | None = None
) -> web.Response:
    """Return the response; `field` is the path of the field of the body that it is about."""
    content: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    if field is not None:
        content["errors"] = [{"pointer": pointer_of(field), "detail": detail}]
    return web.Response(status=status, body=orjson.dumps(content), content_type=PROBLEM_TYPE, headers=headers)


def unreadable(error: CodecError) -> web.Response:
    """Return what is said of a body that cannot be read: 422 where a field is wrong, else 400."""
    if isinstance(error, FieldError):
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), error.field)
    return problem(HTTPStatus.BAD_REQUEST, str(error))


def pointer_of(field: str) -> str:
    """Return the JSON pointer, as a URI fragment (RFC 6901, section 6), of a path like `records[0].plate`."""
    return "#" + "".join(f"/{step}" for step in _STEP.findall(field))
