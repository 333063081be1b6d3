import hashlib

import pytest

from streams.errors import LedgerError
from streams.ledger.chain import DOMAIN, chain_hash, with_hash, without_hash
from tests.wording import exactly

BODY = b"a body that ends with an empty hash\x00"


def test_the_hash_covers_domain_fingerprint_and_body() -> None:
    assert chain_hash(BODY, b"f" * 32) == hashlib.sha256(DOMAIN + b"f" * 32 + BODY).digest()
    assert len({chain_hash(BODY, b"f"), chain_hash(BODY, b"g"), chain_hash(BODY + b"x", b"f")}) == 3


def test_a_hash_goes_in_and_out_of_a_body() -> None:
    own_hash = chain_hash(BODY, b"f")
    full = with_hash(BODY, own_hash)
    assert full == BODY[:-1] + b"\x40" + own_hash
    assert without_hash(full) == BODY


@pytest.mark.parametrize(("body", "own_hash"), [(b"\x01", bytes(32)), (BODY, bytes(31)), (b"", bytes(32))])
def test_a_hash_goes_only_where_an_empty_one_stands(body: bytes, own_hash: bytes) -> None:
    with pytest.raises(
        LedgerError, match=exactly("expected a body that ends with an empty hash, and a hash of 32 bytes")
    ):
        with_hash(body, own_hash)


@pytest.mark.parametrize("body", [b"", bytes(33), b"\x40" + bytes(31), BODY])
def test_a_hash_comes_only_out_of_a_body_that_has_one(body: bytes) -> None:
    with pytest.raises(LedgerError, match=exactly("expected a body that ends with a hash of 32 bytes")):
        without_hash(body)
