"""How the records of one partition hang together: each one's hash covers the hash of the one before.

`hash` of a record is SHA-256 over the domain tag, the fingerprint of its schema and its Avro body with `hash`
left empty. `hash` is the last field of every version of the schema, so the body with it empty is all that
stands before it, then a zero length.

It proves order and content to whoever trusts one later hash, and nothing about who wrote it: who can rewrite
a whole chain can compute it anew. Against that stand the witnesses of `streams.ledger.verify`.
"""

import hashlib

from streams.errors import LedgerError

# Nothing else that is hashed anywhere in the project starts with it.
DOMAIN = b"alpr-gate ledger record v1\x00"
HASH_SIZE = 32
_EMPTY = b"\x00"
# The length 32 as Avro writes it.
_FULL = b"\x40"


def chain_hash(body_without_hash: bytes, fingerprint: bytes) -> bytes:
    """Return the hash of a record from its body with `hash` empty and the fingerprint of its schema."""
    # The fingerprint too: the same bytes under another schema would say something else.
    return hashlib.sha256(b"".join((DOMAIN, fingerprint, body_without_hash))).digest()


def with_hash(body_without_hash: bytes, own_hash: bytes) -> bytes:
    """Return the body with its hash filled in.

    Raises:
        LedgerError: the body does not end with an empty hash, or the hash has not 32 bytes.
    """
    if not body_without_hash.endswith(_EMPTY) or len(own_hash) != HASH_SIZE:
        raise LedgerError("expected a body that ends with an empty hash, and a hash of 32 bytes")
    return b"".join((body_without_hash[:-1], _FULL, own_hash))


def without_hash(body: bytes) -> bytes:
    """Return the body with its hash left empty.

    Raises:
        LedgerError: the body does not end with a hash of 32 bytes.
    """
    # From the end, so that no reader of Avro is needed to find it.
    if body[-HASH_SIZE - 1 : -HASH_SIZE] != _FULL:
        raise LedgerError("expected a body that ends with a hash of 32 bytes")
    return body[: -HASH_SIZE - 1] + _EMPTY
