"""JSON text from values and back: snake case, times as in RFC 3339, bytes in hexadecimal."""

import orjson

from streams.errors import CodecError

# orjson itself refuses what nests deeper than 1024.
LARGEST_TEXT = 4 << 20


def parsed(data: bytes | str, limit: int = LARGEST_TEXT) -> object:
    """Return what JSON text holds; of a key that stands twice, the last.

    `limit` is in bytes or characters, as the data are, and is looked at before anything is parsed.

    Raises:
        CodecError: it is longer than the limit, or no JSON; line and column are told, and none of the text.
    """
    if len(data) > limit:
        raise CodecError(f"expected at most {limit} characters of JSON, got {len(data)}")
    try:
        found: object = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise CodecError(f"expected JSON: line {error.lineno} column {error.colno}") from None
    return found


def json_text(value: object) -> bytes:
    """Return any record as JSON text on one line.

    Raises:
        CodecError: it has a value that JSON has no form for.
    """
    try:
        return orjson.dumps(value, default=_hexadecimal, option=orjson.OPT_UTC_Z)
    except orjson.JSONEncodeError:
        raise CodecError(f"{type(value).__name__} cannot be written as JSON") from None


def _hexadecimal(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError
