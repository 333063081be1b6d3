"""Access records of searches as framed bytes: what stands on `alpr.queries.access`."""

from streams.codecs.linked_codec import LinkedCodec
from streams.codecs.query_event import decode_query_event, encode_query_event
from streams.codecs.vault import Vault
from streams.errors import LedgerError
from streams.ledger.query_access import QueryAccess
from streams.ledger.sealed import Sealed, Sealer
from streams.policy.query_event import QueryEvent
from streams.policy.vocabulary import DecisionId

_codec = LinkedCodec(QueryAccess)


def encode_query_access(record: QueryAccess) -> bytes:
    """Return the record as framed bytes with the hash that it carries, or raise CodecError."""
    return _codec.encode(record)


def decode_query_access(data: bytes | None) -> QueryAccess:
    """Return the record that framed bytes hold, or raise CodecError; the hash is not checked here."""
    return _codec.decode(data)


def link_access(record: QueryAccess) -> tuple[bytes, bytes]:
    """Return the framed bytes of the record with its hash filled in, and that hash.

    Raises:
        CodecError: it has a hash already, does not fit its schema, or is larger than 2 MiB.
    """
    return _codec.link(record)


def read_access(data: bytes | None) -> tuple[QueryAccess, bytes]:
    """Return the record that framed bytes hold, and the hash that they ought to have, or raise CodecError."""
    return _codec.read_link(data)


def seal_query(event: QueryEvent, access_id: DecisionId, sealer: Sealer) -> Sealed:
    """Return all that was told of the search, sealed; or raise CodecError when it does not fit its schema."""
    return sealer.seal(encode_query_event(event), _about(access_id))


def open_query(record: QueryAccess, vault: Vault) -> QueryEvent:
    """Return what was told of the search.

    Raises:
        InputError: the month's key was destroyed, or is another one.
        LedgerError: the record is of no search, or it does not open.
    """
    if record.sealed_query is None:
        raise LedgerError(f"`{record.access_id}` is a record of kind {record.kind.value}: it is no access")
    return decode_query_event(vault.opened(record.sealed_query, _about(record.access_id)))


def _about(access_id: DecisionId) -> str:
    return f"query {access_id}"
