"""Records of a chain as framed bytes, and the hash that links each to the one before.

The hash covers these bytes and not the value, so that no reader's idea of equality matters: an auditor needs
SHA-256, the fingerprint of the schema and nothing of ours.
"""

from typing import Generic, Protocol, TypeVar

from streams.codecs.record_codec import FRAME_SIZE, codec_of
from streams.errors import CodecError
from streams.ledger.chain import HASH_SIZE, chain_hash, with_hash, without_hash


class Linked(Protocol):
    """A record whose last field is its hash; empty until it is sealed."""

    @property
    def hash(self) -> bytes:
        """Return SHA-256 over domain tag, schema fingerprint and the body with this field empty."""


LinkT = TypeVar("LinkT", bound=Linked)


class LinkedCodec(Generic[LinkT]):
    """Encodes and decodes one kind of linked record with the schemas on record."""

    def __init__(self, made: type[LinkT]) -> None:
        self._codec = codec_of(made)
        self._name = made.__name__
        self.encode = self._codec.encode
        self.decode = self._codec.decode
        self.is_named_by = self._codec.is_named_by

    def link(self, record: LinkT) -> tuple[bytes, bytes]:
        """Return the framed bytes of the record with its hash filled in, and that hash.

        Raises:
            CodecError: it has a hash already, does not fit its schema, or is larger than 2 MiB with its hash.
        """
        if record.hash:
            raise CodecError(f"expected {self._name} without a hash, got one that has its hash already")
        data = self._codec.encode(record)
        own_hash = chain_hash(data[FRAME_SIZE:], self._codec.fingerprint_of(data))
        return self._codec.fitting(with_hash(data, own_hash)), own_hash

    def read_link(self, data: bytes | None) -> tuple[LinkT, bytes]:
        """Return the record that framed bytes hold, and the hash that these very bytes ought to carry.

        Both are given, and not whether they agree: who reads a chain compares them, and says where it breaks.

        Raises:
            CodecError: the bytes are no such record, or one without a hash.
        """
        record = self._codec.decode(data)
        if data is None or len(record.hash) != HASH_SIZE:
            raise CodecError(f"expected {self._name} with a hash of 32 bytes")
        return record, chain_hash(without_hash(data[FRAME_SIZE:]), self._codec.fingerprint_of(data))
