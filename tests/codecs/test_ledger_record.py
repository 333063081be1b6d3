import hashlib
from dataclasses import replace

import pytest

from streams.codecs.catalogue import versions_of
from streams.codecs.ledger_record import (
    decode_ledger_record,
    encode_ledger_record,
    read_link,
    seal_record,
)
from streams.codecs.record_codec import FRAME_SIZE, OUTPUT_LIMIT
from streams.errors import CodecError
from streams.ledger.chain import DOMAIN
from tests.codecs.samples import LEDGER_RECORD


def test_a_sealed_record_is_the_record_with_its_hash() -> None:
    framed, own_hash = seal_record(LEDGER_RECORD)
    assert decode_ledger_record(framed) == replace(LEDGER_RECORD, hash=own_hash)
    assert framed == encode_ledger_record(replace(LEDGER_RECORD, hash=own_hash))


def test_the_hash_is_over_domain_fingerprint_and_the_body_with_the_hash_empty() -> None:
    body = encode_ledger_record(LEDGER_RECORD)[FRAME_SIZE:]
    fingerprint = versions_of("ledger_record")[-1].fingerprint
    assert seal_record(LEDGER_RECORD)[1] == hashlib.sha256(DOMAIN + fingerprint + body).digest()


def test_the_link_of_sealed_bytes_has_the_hash_that_they_carry() -> None:
    framed, own_hash = seal_record(LEDGER_RECORD)
    record, expected = read_link(framed)
    assert record.hash == expected == own_hash


def test_the_link_of_altered_bytes_has_another_hash() -> None:
    framed, own_hash = seal_record(LEDGER_RECORD)
    record, expected = read_link(framed.replace(b"burbank-2026", b"burbank-2027"))
    assert record.hash == own_hash
    assert expected != own_hash


def test_a_record_that_is_sealed_is_not_sealed_again() -> None:
    with pytest.raises(CodecError, match="has its hash already"):
        seal_record(replace(LEDGER_RECORD, hash=bytes(32)))


@pytest.mark.parametrize("spoilt", [b"", b"\x01" * 31, b"\x01" * 33])
def test_a_record_with_a_hash_of_another_size_is_no_link(spoilt: bytes) -> None:
    with pytest.raises(CodecError, match="hash of 32 bytes"):
        read_link(encode_ledger_record(replace(LEDGER_RECORD, hash=spoilt)))


def test_no_value_is_no_link() -> None:
    with pytest.raises(CodecError, match="got no value"):
        read_link(None)


def test_a_record_that_its_hash_makes_too_large_is_not_sealed() -> None:
    room = OUTPUT_LIMIT - len(encode_ledger_record(LEDGER_RECORD)) - 10
    with pytest.raises(CodecError, match="is larger than"):
        seal_record(replace(LEDGER_RECORD, source_topic="t" * room))
