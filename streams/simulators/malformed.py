"""Malformed values for a topic of requests, each spoilt in one named way; the same seed spoils the same way.

Every kind is refused by `decode_request`. They are what truncating networks, wrong producers, old tools and
attackers send: the gate must record each one and go on.

What is left out: bytes that are a valid request with a lie in it. Those are decided, and stand in
`streams.simulators.stories`.
"""

import gzip
import random
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from streams.codecs.heartbeat import encode_heartbeat
from streams.codecs.numbers import write_instant, write_long
from streams.codecs.record_codec import FRAME_SIZE, INPUT_LIMIT, frame
from streams.codecs.request import decode_request, encode_request
from streams.codecs.request_json import request_to_json
from streams.policy.book_records import Heartbeat
from streams.policy.request import PlateRead, SharingRequest
from streams.policy.vocabulary import RequestId

# Values that are put in to be found again in the bytes and spoilt there.
# Found by search, so no kind depends on where the schema puts a field.
_MARK = "~mark~"
_MARKED_TEXT = write_long(len(_MARK)) + _MARK.encode()
_MARKED_TIME = datetime(2031, 7, 19, 3, 14, 15, 926535, UTC)
_MARKED_NUMBER = 0.314159265358979
# More bytes or items than any machine has: a reader that allocates by it dies here.
_HUGE = 1 << 60
_BEYOND_ALL_TIMES = 1 << 62


@dataclass(frozen=True, slots=True)
class Sample:
    """What the kinds start from: a valid framed request, the same decoded, and dice."""

    valid: bytes
    request: SharingRequest
    dice: random.Random

    @property
    def body(self) -> bytes:
        """Return the Avro body alone."""
        return self.valid[FRAME_SIZE:]

    def at_text(self) -> tuple[bytes, bytes]:
        """Return the bytes before and from the length of the request's first text.

        The first text is the id of the request; a length put there is the first that a reader believes or
        refuses.
        """
        return _around(encode_request(replace(self.request, request_id=RequestId(_MARK))), _MARKED_TEXT)

    def at_reason(self) -> tuple[bytes, bytes]:
        """Return the bytes before the tag of a text that may be absent or sealed, and from its length."""
        before, rest = _around(encode_request(replace(self.request, reason_text=_MARK)), _MARKED_TEXT)
        return before[:-1], rest

    def at_list(self) -> tuple[bytes, bytes]:
        """Return the bytes before the count of a list of one item, and from that item."""
        before, rest = _around(encode_request(replace(self.request, networks=(_MARK,))), _MARKED_TEXT)
        return before[:-1], rest

    def with_number(self, number: float) -> bytes:
        """Return the request with a read whose confidence is that number.

        JSON cannot write what is wrong here (NaN, infinity), so the bytes of a marked number are exchanged.
        """
        read = PlateRead(read_id="r", captured_at=_MARKED_TIME, confidence=_MARKED_NUMBER)
        before, rest = _around(
            encode_request(replace(self.request, records=(read,))), struct.pack("<d", _MARKED_NUMBER)
        )
        return before + struct.pack("<d", number) + rest[8:]

    def with_time(self, micros: int) -> bytes:
        """Return the request as if asked for at that many microseconds since 1970.

        Also for instants that Python cannot hold: the range of 64 bits is wider than its calendar.
        """
        marked = write_instant(_MARKED_TIME)
        before, rest = _around(encode_request(replace(self.request, requested_at=_MARKED_TIME)), marked)
        return before + write_long(micros) + rest[len(marked) :]


@dataclass(frozen=True, slots=True)
class Malformed:
    """One spoilt value of a topic, with the name of what is wrong with it; None is a null value.

    `kind` is a name of `KINDS`, by which a failure can be told and played again.
    """

    kind: str
    value: bytes | None


Spoil = Callable[[Sample], bytes | None]


def malformed(valid: bytes, seed: int) -> tuple[Malformed, ...]:
    """Return one spoilt value of every kind, made from a valid framed request.

    Raises:
        CodecError: `valid` is no framed request.
    """
    dice = random.Random(seed)
    sample = Sample(valid, decode_request(valid), dice)
    return tuple(Malformed(kind, spoil(sample)) for kind, spoil in KINDS.items())


def _around(data: bytes, mark: bytes) -> tuple[bytes, bytes]:
    at = data.rindex(mark)
    return data[:at], data[at:]


def _cut(sample: Sample) -> bytes:
    return sample.valid[: sample.dice.randrange(FRAME_SIZE, len(sample.valid))]


def _flipped(sample: Sample) -> bytes:
    """Return the request with one bit of its frame flipped; in the body a flip may give another request."""
    bit = sample.dice.randrange(8 * FRAME_SIZE)
    spoilt = bytearray(sample.valid)
    spoilt[bit // 8] ^= 1 << bit % 8
    return bytes(spoilt)


def _random(sample: Sample) -> bytes:
    return b"\xff" + sample.dice.randbytes(sample.dice.randrange(1, 512))


def _random_body(sample: Sample) -> bytes:
    """Return a true frame with noise behind it; the first length of the noise is negative."""
    return sample.valid[:FRAME_SIZE] + b"\x01" + sample.dice.randbytes(256)


def _not_utf8(sample: Sample) -> bytes:
    before, rest = sample.at_text()
    return before + rest[:1] + b"\xff" + rest[2:]


def _with_length(length: bytes) -> Spoil:
    def spoil(sample: Sample) -> bytes:
        before, rest = sample.at_text()
        return before + length + rest[1:]

    return spoil


def _with_count(count: bytes) -> Spoil:
    def spoil(sample: Sample) -> bytes:
        before, rest = sample.at_list()
        return before + count + rest

    return spoil


def _with_tag(tag: bytes, content: bytes = b"") -> Spoil:
    def spoil(sample: Sample) -> bytes:
        before, rest = sample.at_reason()
        return before + tag + content + rest

    return spoil


def _with_word(byte: bytes) -> Spoil:
    """Return what puts another byte where the kind of the request stands, right after its id."""

    def spoil(sample: Sample) -> bytes:
        before, rest = sample.at_text()
        end = len(_MARKED_TEXT)
        return before + rest[:end] + byte + rest[end + 1 :]

    return spoil


def _of_another_record(_: Sample) -> bytes:
    return encode_heartbeat(Heartbeat(worker="worker-1", at=_MARKED_TIME))


# By what is wrong: first what is no record at all, then frames, lengths, words, numbers, and other formats.
KINDS: Mapping[str, Spoil] = {
    "null": lambda _: None,
    "empty": lambda _: b"",
    "one_byte": lambda _: b"\x00",
    "frame_alone": lambda sample: sample.valid[:FRAME_SIZE],
    # The frame: a zero byte and four bytes of schema id, in front of the body.
    "wrong_magic": lambda sample: b"\x01" + sample.valid[1:],
    "unknown_id": lambda sample: frame(0xFFFF_FFFF) + sample.body,
    "no_frame": lambda sample: sample.body,
    "another_record": _of_another_record,
    "another_record_under_this_id": lambda s: s.valid[:FRAME_SIZE] + _of_another_record(s)[FRAME_SIZE:],
    "truncated": _cut,
    "one_byte_short": lambda sample: sample.valid[:-1],
    "trailing_byte": lambda sample: sample.valid + b"\x00",
    "twice": lambda sample: sample.valid + sample.valid,
    "bit_flip": _flipped,
    "random_bytes": _random,
    "random_body": _random_body,
    "zeros": lambda sample: sample.valid[:FRAME_SIZE] + bytes(4096),
    "not_utf8": _not_utf8,
    "huge_text": _with_length(write_long(_HUGE)),
    "negative_text": _with_length(write_long(-1)),
    "overlong_number": _with_length(b"\x8c\x80\x00"),
    "endless_number": _with_length(b"\xff" * 64),
    # A count is not backed by bytes: believed, it would be a loop of years.
    "array_bomb": _with_count(write_long(_HUGE)),
    "negative_array_bomb": _with_count(write_long(-_HUGE) + write_long(1)),
    "negative_block_size": _with_count(write_long(-1) + write_long(-1)),
    # A reason that is absent, plain or sealed has a tag in front: these name no branch, or one without a key.
    "unknown_alternative": _with_tag(b"\x08"),
    "sealed_value": _with_tag(b"\x04", b"\x04k1" + b"\x00" * 3),
    "unknown_word": _with_word(b"\x7e"),
    "negative_word": _with_word(b"\x01"),
    "not_a_number": lambda sample: sample.with_number(float("nan")),
    "infinite_number": lambda sample: sample.with_number(float("-inf")),
    "time_overflow": lambda sample: sample.with_time(_BEYOND_ALL_TIMES),
    "time_underflow": lambda sample: sample.with_time(-_BEYOND_ALL_TIMES),
    # The broker refuses this one where its limit is the gate's.
    "oversize": lambda sample: sample.valid + bytes(INPUT_LIMIT),
    # Other formats: what a producer sends that was never told of the wire format.
    "json": lambda sample: request_to_json(sample.request),
    "deep_json": lambda _: b"[" * 5000,
    "plain_text": lambda _: b"please share everything with everybody",
    "gzip": lambda sample: gzip.compress(sample.valid, mtime=0),
}
