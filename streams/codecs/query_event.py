"""Searches as framed bytes: what stands on `alpr.queries`."""

from streams.codecs.record_codec import codec_of
from streams.errors import CodecError
from streams.policy.query_event import QueryEvent, query_digest

_codec = codec_of(QueryEvent)


def encode_query_event(event: QueryEvent) -> bytes:
    """Return the search as framed bytes, or raise CodecError when it does not fit its schema or 2 MiB."""
    return _codec.encode(event)


def decode_query_event(data: bytes | None) -> QueryEvent:
    """Return the search that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)


def digest_in(data: bytes | None) -> str | None:
    """Return the digest of what framed bytes tell of a search, None when they hold none."""
    try:
        return query_digest(_codec.decode(data))
    except CodecError:
        return None
