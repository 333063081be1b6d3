"""One record of the books: its key, its value, and what it does to the index.

A key that cannot be read leaves unknown what changed, so nothing can be trusted any more. A value that
cannot be read makes its own key unusable, and nothing else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from streams.codecs.agreement import decode_agreement, encode_agreement
from streams.codecs.closure import decode_closure, encode_closure
from streams.codecs.entity import decode_entity, encode_entity
from streams.codecs.evidence_hold import decode_evidence_hold, encode_evidence_hold
from streams.codecs.heartbeat import decode_heartbeat
from streams.codecs.owner_heartbeat import decode_owner_heartbeat
from streams.codecs.policy import decode_policy, encode_policy
from streams.codecs.processor import decode_processor, encode_processor
from streams.codecs.signed_change import decode_signed_change
from streams.codecs.user import decode_user, encode_user
from streams.errors import CodecError, InputError
from streams.ledger.book_change import SignedChange, digest_of, read_change
from streams.ledger.books_head import OwnerHeartbeat
from streams.ledger.rejection import SignedRejection, read_rejection
from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.book_records import Heartbeat
from streams.policy.books import Books
from streams.policy.closure import Closure
from streams.policy.closure_index import UNWRITTEN
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.policy_in_force import put_in_force
from streams.policy.processor import Processor
from streams.policy.user import User, user_name

Entry = Agreement | Entity | AgencyPolicy | EvidenceHold | Closure | User | Processor
CURRENT_POLICY = "current"


class EntryKind(StrEnum):
    """The first part of a key."""

    ENTITY = "entity"
    AGREEMENT = "agreement"
    POLICY = "policy"
    EVIDENCE_HOLD = "evidence-hold"
    CLOSURE = "closure"
    USER = "user"
    PROCESSOR = "processor"
    CHANGE = "change"
    PROPOSAL = "proposal"
    REJECTION = "rejection"
    HEARTBEAT = "heartbeat"

    @property
    def is_entry(self) -> bool:
        """Tell whether such keys hold what is decided by, and not what is said about it."""
        return self in _DECODERS


@dataclass(frozen=True, slots=True, kw_only=True)
class BookKey:
    """The key of one entry, such as `agreement/burbank-2024`."""

    kind: EntryKind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    def encode(self) -> bytes:
        """Return the key as it stands on the topic.

        In UTF-8. Compaction goes by these bytes, so one entry must never have two keys.
        """
        return str(self).encode()


POLICY_KEY = BookKey(kind=EntryKind.POLICY, name=CURRENT_POLICY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A value that is not the record its key names; `why` is one line without any of its content."""

    why: str


Value = Entry | SignedChange | SignedRejection | Heartbeat | OwnerHeartbeat | Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRecord:
    """One decoded record of the books, written `at` (UTC).

    `digest` is the hex SHA-256 of the value, empty for none.
    """

    offset: int
    key: BookKey
    value: Value
    digest: str = ""
    at: datetime = UNWRITTEN.at


# A change of this prefix would take every worker's heartbeat for an unknown key, and so fail the books.
HEARTBEATS = b"heartbeat/"
# No worker can have that name.
OWNER = "@owner"


def read_key(data: bytes | None) -> BookKey:
    """Return the key, or raise `CodecError` when it is none that this version knows.

    A heartbeat changes nothing in the books, so no name of one is an error: it must not be able to stop them.
    """
    if data is not None and data.startswith(HEARTBEATS):
        return BookKey(kind=EntryKind.HEARTBEAT, name=data[len(HEARTBEATS) :].decode(errors="replace"))
    try:
        kind, _, name = (data or b"").decode().partition("/")
        key = BookKey(kind=EntryKind(kind), name=name)
    except ValueError as error:
        raise CodecError("a key of the books cannot be read; write nothing there by hand") from error
    if not name or (key.kind is EntryKind.POLICY and key != POLICY_KEY):
        raise CodecError(f"a key of the books names no `{kind}`; write nothing there by hand")
    return key


def key_of(entry: Entry) -> BookKey:
    """Return the key that the entry stands under."""
    if isinstance(entry, AgencyPolicy):
        return POLICY_KEY
    kind, name_of = _NAMES[type(entry)]
    return BookKey(kind=kind, name=name_of(entry))


_NAMES: Mapping[type[Entry], tuple[EntryKind, Callable[[Any], str]]] = {
    Agreement: (EntryKind.AGREEMENT, attrgetter("agreement_id")),
    Entity: (EntryKind.ENTITY, attrgetter("entity_id")),
    EvidenceHold: (EntryKind.EVIDENCE_HOLD, attrgetter("hold_id")),
    Closure: (EntryKind.CLOSURE, attrgetter("subject")),
    # Keys are told in messages, and no message names a user.
    User: (EntryKind.USER, lambda user: user_name(user.entity_id, user.user_id)),
    Processor: (EntryKind.PROCESSOR, attrgetter("processor_id")),
}


def put_entry(books: Books, entry: Entry) -> None:
    """Put one entry on the books."""
    match entry:
        case Agreement():
            books.put_agreement(entry)
        case Entity():
            books.put_entity(entry)
        case AgencyPolicy():
            books.put_policy(entry)
        case EvidenceHold():
            books.put_evidence_hold(entry)
        case Closure():
            books.closures.put(entry)
        case User():
            books.put_user(entry)
        case Processor():
            books.put_processor(entry)


def encode_entry(entry: Entry) -> bytes:
    """Return the entry's framed bytes."""
    return _ENCODERS[type(entry)](entry)


_ENCODERS: Mapping[type[Entry], Callable[[Any], bytes]] = {
    Agreement: encode_agreement,
    Entity: encode_entity,
    AgencyPolicy: encode_policy,
    EvidenceHold: encode_evidence_hold,
    Closure: encode_closure,
    User: encode_user,
    Processor: encode_processor,
}


def read_record(
    offset: int, key: bytes | None, value: bytes | None, at: datetime = UNWRITTEN.at
) -> BookRecord:
    """Return the decoded record; raise `CodecError` only for its key."""
    book_key = read_key(key)
    digest = "" if value is None else digest_of(value)
    return BookRecord(offset=offset, key=book_key, value=read_value(book_key, value), digest=digest, at=at)


def read_value(key: BookKey, value: bytes | None) -> Value:
    """Return the value, or why it is none.

    Never raise, for one bad value must not stop the rest of the books.
    """
    if value is None:
        # A tombstone would let compaction forget that an agreement was ever revoked.
        return Unreadable(why="it was deleted, and entries are never deleted but revoked")
    try:
        entry = _decode(key, value)
    except InputError as error:
        return Unreadable(why=str(error))
    # Compaction goes by the key, lookup by the value: if they differ, an old version could outlive a
    # revocation.
    if isinstance(entry, Entry) and key_of(entry) != key:
        return Unreadable(why="the record belongs to another key")
    return entry


def _decode(
    key: BookKey, value: bytes
) -> Entry | SignedChange | SignedRejection | Heartbeat | OwnerHeartbeat:
    match key.kind:
        case EntryKind.HEARTBEAT:
            return decode_owner_heartbeat(value) if key.name == OWNER else decode_heartbeat(value)
        case EntryKind.CHANGE | EntryKind.PROPOSAL | EntryKind.REJECTION:
            return _decode_signed(key, value)
        case _:
            return _DECODERS[key.kind](value)


def _decode_policy(value: bytes) -> AgencyPolicy:
    policy = decode_policy(value)
    put_in_force(policy)  # a policy that cannot be put in force cannot be read either
    return policy


_DECODERS: Mapping[EntryKind, Callable[[bytes], Entry]] = {
    EntryKind.ENTITY: decode_entity,
    EntryKind.AGREEMENT: decode_agreement,
    EntryKind.POLICY: _decode_policy,
    EntryKind.EVIDENCE_HOLD: decode_evidence_hold,
    EntryKind.CLOSURE: decode_closure,
    EntryKind.USER: decode_user,
    EntryKind.PROCESSOR: decode_processor,
}


def _decode_signed(key: BookKey, value: bytes) -> SignedChange | SignedRejection:
    signed = decode_signed_change(value)
    # Of a rejection the note alone: on the wire it is a change without values.
    rejects = key.kind is EntryKind.REJECTION
    named = read_rejection(signed.note).change_id if rejects else read_change(signed.note).change_id
    if named != key.name:
        raise CodecError("the change has another id than its key")
    return SignedRejection(note=signed.note) if rejects else signed
