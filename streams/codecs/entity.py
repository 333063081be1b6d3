"""Entities as framed bytes."""

from streams.codecs.record_codec import codec_of
from streams.policy.entity import Entity

_codec = codec_of(Entity)


def encode_entity(entity: Entity) -> bytes:
    """Return the entity as framed bytes."""
    return _codec.encode(entity)


def decode_entity(data: bytes | None) -> Entity:
    """Return the entity that framed bytes hold, or raise CodecError."""
    return _codec.decode(data)
