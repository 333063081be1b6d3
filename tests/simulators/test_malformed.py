import pytest

from streams.codecs.request import decode_request, encode_request
from streams.errors import CodecError
from streams.simulators.malformed import KINDS, malformed
from tests.codecs.samples import REQUEST

VALID = encode_request(REQUEST)

WHY = {
    "null": "got no value",
    "empty": "wire format",
    "wrong_magic": "wire format",
    "unknown_id": "schema id 4294967295 is no version",
    "another_record": "schema id 10 is no version",
    "one_byte_short": "ends too early",
    "trailing_byte": "too late",
    "not_utf8": "not UTF-8",
    "negative_text": "length is negative",
    "overlong_number": "longer than it needs to be",
    "endless_number": "longer than 64 bits",
    "array_bomb": "list is longer than its bytes",
    "negative_array_bomb": "list is longer than its bytes",
    "negative_block_size": "length is negative",
    "unknown_alternative": "an alternative that its schema does not have",
    "sealed_value": "sealed and no key is at hand",
    "unknown_word": "a word is not one of its set",
    "not_a_number": "not finite",
    "infinite_number": "not finite",
    "time_overflow": "time is out of range",
    "time_underflow": "time is out of range",
    "oversize": "larger than 1048576",
    "json": "wire format",
    "gzip": "wire format",
}


def test_there_are_many_kinds() -> None:
    assert len(KINDS) >= 20


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_raises_codec_error(kind: str, seed: int) -> None:
    (spoilt,) = (one for one in malformed(VALID, seed) if one.kind == kind)
    with pytest.raises(CodecError):
        decode_request(spoilt.value)


@pytest.mark.parametrize("kind", WHY)
def test_a_kind_is_refused_for_what_is_wrong_with_it(kind: str) -> None:
    (spoilt,) = (one for one in malformed(VALID, 1) if one.kind == kind)
    with pytest.raises(CodecError, match=WHY[kind]):
        decode_request(spoilt.value)


def test_the_same_seed_spoils_the_same_way_and_another_one_otherwise() -> None:
    assert malformed(VALID, 7) == malformed(VALID, 7)
    assert malformed(VALID, 7) != malformed(VALID, 8)


def test_no_two_kinds_are_the_same_bytes() -> None:
    values = [spoilt.value for spoilt in malformed(VALID, 3)]
    assert len(values) == len(set(values))
