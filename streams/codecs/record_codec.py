"""One record as framed bytes: magic byte, schema id, Avro body (the Confluent wire format).

Whatever bytes come in, `decode` gives a value or raises CodecError, in time linear in their number.

The wire format is the one that common tools read, so topics can be looked at without this project. The schema
named in a frame is looked up among the versions of this one record, so bytes of another record are never
taken for it.
"""

import re
import struct
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from streams.codecs.avro_reading import reader_of
from streams.codecs.avro_writing import writer_of
from streams.codecs.catalogue import Version, versions_of
from streams.codecs.json_reading import defaults_of
from streams.codecs.schema_ids import Ids, follow_ids
from streams.errors import CodecError

# What comes in may be 1 MiB, and what the gate makes of it twice that, so that it can always be recorded.
INPUT_LIMIT = 1 << 20
OUTPUT_LIMIT = 2 << 20
FRAME_SIZE = 5
# The wire format's: zero, then the id of the schema in four bytes, big-endian.
MAGIC = b"\x00"
# Everything else that reading hostile bytes raises, with what it means.
UNREADABLE: Mapping[type[Exception], str] = {
    IndexError: "it ends too early",
    struct.error: "it ends too early",
    KeyError: "a word is not one of its set",
    UnicodeDecodeError: "a text is not UTF-8",
    OverflowError: "a time is out of range",
    ValueError: "a date is out of range",
}
_UNWRITABLE = (AttributeError, KeyError, OverflowError, TypeError, UnicodeEncodeError, struct.error)

ValueT = TypeVar("ValueT")


def frame(schema_id: int) -> bytes:
    """Return the first bytes of every value with that schema."""
    return MAGIC + schema_id.to_bytes(4, "big")


def frames_of(version: Version, given: Ids) -> tuple[bytes, ...]:
    """Return the frames that name the version; the last one is written."""
    own = frame(version.schema_id)
    registered = given.get(version.fingerprint)
    return (own,) if registered is None else (own, frame(registered))


class RecordCodec(Generic[ValueT]):
    """Encodes with the current schema, and decodes with whichever version the bytes name."""

    def __init__(self, made: type[ValueT], versions: Sequence[Version], limit: int = OUTPUT_LIMIT) -> None:
        current = versions[-1]
        self._name = made.__name__
        self._limit = limit
        self._versions = versions
        self._write = writer_of(current.record)
        # A field that an old version lacks reads as the current schema's default.
        defaults = defaults_of(current.record)
        self._compiled = [reader_of(one.record, defaults) for one in versions]
        self.use_ids({})

    def use_ids(self, given: Ids) -> None:
        """Write the id that is given for the current schema, if any; read both it and the checked-in one."""
        self._frame = frames_of(self._versions[-1], given)[-1]
        named = [frames_of(one, given) for one in self._versions]
        self._readers = {
            name: read for names, read in zip(named, self._compiled, strict=True) for name in names
        }
        self._fingerprints = {
            name: one.fingerprint for names, one in zip(named, self._versions, strict=True) for name in names
        }

    def is_named_by(self, data: bytes | None) -> bool:
        """Tell whether the bytes say that they are this record, and so are to be read as one."""
        return data is not None and data[:FRAME_SIZE] in self._readers

    def encode(self, value: ValueT) -> bytes:
        """Return the framed bytes of a value.

        Raises:
            CodecError: the value does not fit its schema, or is larger than the limit.
        """
        try:
            data = self._frame + self._write(value)
        except CodecError as error:
            raise CodecError(f"{self._name} does not fit its schema: {error}") from None
        except _UNWRITABLE as error:
            raise CodecError(f"{self._name} does not fit its schema: {type(error).__name__}") from None
        # The limit on what is written is the reader's, so nothing is written that nobody can read.
        return self.fitting(data)

    def fitting(self, data: bytes) -> bytes:
        """Return framed bytes that are not too large, or raise CodecError.

        Raises:
            CodecError: they are larger than the limit, which the broker would refuse later and less plainly.
        """
        if len(data) > self._limit:
            raise self._refusal(data)
        return data

    def decode(self, data: bytes | None) -> ValueT:
        """Return the value that framed bytes hold; a null value of Kafka is no record.

        Raises:
            CodecError: they are too large, name another schema, or are not what it says; nothing else is
                ever raised, and the message shows none of the bytes.
        """
        if data is None:
            raise CodecError(f"expected {self._name}, got no value")
        read = self._readers.get(data[:FRAME_SIZE])
        if read is None or len(data) > self._limit:
            raise self._refusal(data)
        try:
            value, end = read(data, FRAME_SIZE)
        # `from None`: the cause would show content of the record in a traceback.
        except CodecError as error:
            raise CodecError(f"{self._name} cannot be read: {error}") from None
        except tuple(UNREADABLE) as error:
            raise CodecError(f"{self._name} cannot be read: {UNREADABLE[type(error)]}") from None
        # Bytes behind a record could carry out what no reader shows and no digest of its content covers.
        if end != len(data):
            raise CodecError(f"{self._name} cannot be read: it ends too early or too late")
        made: ValueT = value
        return made

    def fingerprint_of(self, data: bytes) -> bytes:
        """Return the fingerprint of the schema that decodable bytes name."""
        return self._fingerprints[data[:FRAME_SIZE]]

    def _refusal(self, data: bytes) -> CodecError:
        """Return why these bytes are not even tried."""
        if len(data) > self._limit:
            return CodecError(f"{self._name} of {len(data)} bytes is larger than {self._limit}")
        if len(data) < FRAME_SIZE or data[:1] != MAGIC:
            return CodecError(f"expected {self._name} in the wire format (a zero byte, 4 bytes of schema id)")
        schema_id = int.from_bytes(data[1:FRAME_SIZE], "big")
        return CodecError(f"schema id {schema_id} is no version of {self._name}")


def codec_of(made: type[ValueT], limit: int = OUTPUT_LIMIT) -> RecordCodec[ValueT]:
    """Return the codec of a record with the schemas on record."""
    codec = RecordCodec(made, versions_of(file_name(made.__name__)), limit)
    follow_ids(codec.use_ids)
    return codec


def file_name(record: str) -> str:
    """Return the name of a record's schema file, without its ending."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", record).lower()
