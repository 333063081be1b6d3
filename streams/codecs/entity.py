"""Entities as framed bytes.

The value of `entity/<id>` in `alpr.books`, and of each change of it in `alpr.books.events`.
"""

from streams.codecs.record_codec import codec_of
from streams.policy.entity import Entity

_codec = codec_of(Entity)


def encode_entity(entity: Entity) -> bytes:
    """Return the entity as framed bytes.

    Raises:
        CodecError: it does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.encode(entity)


def decode_entity(data: bytes | None) -> Entity:
    """Return the entity that framed bytes hold.

    Raises:
        CodecError: they are too large, of another schema, or no such value; None is none either.
    """
    return _codec.decode(data)
