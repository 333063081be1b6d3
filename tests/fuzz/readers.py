"""What each target does with bytes: read them, and see that what was read reads the same once it is written.

A reader returns when the bytes were refused as documented or read; everything else it lets out is a finding.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import ParamSpec, TypeVar

from streams.adapters.share_log import parse_share_log
from streams.adapters.share_notices import parse_notices
from streams.adapters.share_portals import parse_edges, request_of
from streams.adapters.vendor_lists import parse_vendor_list
from streams.books.entries import EntryKind, read_key, read_record
from streams.chains.note import Note
from streams.codecs.agreement import decode_agreement, encode_agreement
from streams.codecs.entity import decode_entity, encode_entity
from streams.codecs.files import read_agreements, read_policy, read_registry
from streams.codecs.keyring import KEY_BYTES, read_keyring
from streams.codecs.ledger_record import encode_ledger_record, read_link
from streams.codecs.policy import decode_policy, encode_policy
from streams.codecs.request import decode_request, encode_request
from streams.codecs.request_json import request_from_json, request_to_json
from streams.codecs.share_change import decode_share_change, encode_share_change
from streams.codecs.signing_key import load_signing_key, write_signing_key
from streams.codecs.table import Codec
from streams.errors import CodecError, InputError, LedgerError
from streams.ledger.checkpoint import read_checkpoint
from streams.ledger.merkle import is_consistent
from streams.ledger.proof import check_proof, read_proof
from streams.ledger.signed_note import read_note, read_verifier, signed_by
from streams.ledger.submission import read_submission
from streams.policy.decide import decide
from streams.policy.drift import drift_of
from streams.policy.policy_in_force import put_in_force
from streams.policy.request import SharingRequest
from streams.policy.share_listing import Listing, changes_of
from streams.policy.share_memory import ShareMemory
from tests.fuzz.seeds import LOG_KEY, WITNESS_KEY
from tests.policy.building import NOW, in_force, some_books

Read = Callable[[bytes], None]
ValueT = TypeVar("ValueT")
ArgumentsP = ParamSpec("ArgumentsP")

NAME = "file"
_BOOKS = some_books()
_POLICY = in_force(_BOOKS)


def same(written: object, read: object) -> None:
    """Fail when what was written reads as something else."""
    assert written == read, "what was read is not what is read again"


def of_codec(codec: Codec) -> Read:
    """Return the reader of one record's framed bytes."""

    def read(data: bytes) -> None:
        try:
            value = codec.decode(data)
        except CodecError:
            return
        written = codec.encode(value)
        same(codec.decode(written), value)
        same(codec.encode(codec.decode(written)), written)

    return read


def link(data: bytes) -> None:
    """Read a record of a chain; the same bytes always ought to carry the same hash."""
    try:
        record, own_hash = read_link(data)
    except CodecError:
        return
    same(read_link(encode_ledger_record(record))[0], record)
    same(len(own_hash), 32)


def decision(data: bytes) -> None:
    """Decide a request that was read, under books that are in force: `decide` is total."""
    try:
        request = decode_request(data)
    except CodecError:
        return
    decided = decide(request, _BOOKS, _POLICY, NOW)
    same(decided.request_id, request.request_id)


def request_json(data: bytes) -> None:
    """Read a request in JSON, which means the same in JSON and in Avro."""
    try:
        request = request_from_json(data)
    except CodecError:
        return
    _same_request(request)
    same(request_from_json(request_to_json(request)), request)


def _same_request(request: SharingRequest) -> None:
    try:
        written = encode_request(request)
    except CodecError:
        return  # larger in Avro than the limit
    same(decode_request(written), request)


def _read(
    read: Callable[ArgumentsP, ValueT], *args: ArgumentsP.args, **named: ArgumentsP.kwargs
) -> ValueT | None:
    """Return what was read, or None when it was refused as documented."""
    try:
        return read(*args, **named)
    except (InputError, LedgerError):
        return None


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def policy_file(data: bytes) -> None:
    """Read a policy; one that can be put in force means the same on the books."""
    policy = _read(read_policy, _text(data), NAME)
    if policy is not None and _read(put_in_force, policy) is not None:
        same(decode_policy(encode_policy(policy)), policy)


def registry_file(data: bytes) -> None:
    """Read a registry, whose entities mean the same on the books."""
    for entity in _read(read_registry, _text(data), NAME) or ():
        same(decode_entity(encode_entity(entity)), entity)


def agreements_file(data: bytes) -> None:
    """Read agreements, which mean the same on the books where they fit there."""
    for agreement in _read(read_agreements, _text(data), NAME) or ():
        written = _read(encode_agreement, agreement)
        if written is not None:
            same(decode_agreement(written), agreement)


def _requests_of(parse: Callable[[str], Iterable[SharingRequest]]) -> Read:
    def read(data: bytes) -> None:
        for request in _read(lambda: list(parse(_text(data)))) or ():
            _same_request(request)

    return read


# Files of share notices and of portals, each row or edge a request.
notices = _requests_of(lambda text: parse_notices(text, NAME))
portals = _requests_of(lambda text: map(request_of, parse_edges(text, NAME)))


def vendor_list(data: bytes) -> None:
    """Read what a vendor has open; once it is on record the same list is no news, and each is judged."""
    shares = _read(parse_vendor_list, _text(data), NAME)
    if shares is not None:
        memory, listing = ShareMemory(), Listing(vendor="v", shares=shares, at=NOW, reference=NAME)
        for change in changes_of(listing, memory):
            memory.apply(change)
        same(changes_of(listing, memory), ())
        drift_of(memory.shares(), _BOOKS, _POLICY, NOW)


def share_log(data: bytes) -> None:
    """Read a vendor's log; each change is the same as a record, and rows on shares are told or read."""
    log = _read(parse_share_log, _text(data), NAME, "v")
    for change in () if log is None else log.changes:
        written = _read(encode_share_change, change)
        if written is not None:
            same(decode_share_change(written), change)


def keyring(data: bytes) -> None:
    """Read a keyring; its active key is one of its keys."""
    ring = _read(read_keyring, data, NAME)
    assert ring is None or len(ring.intake_keys[ring.active_intake_key]) >= KEY_BYTES


@cache
def _folder() -> Path:
    # Lives as long as the process, whose working files these are.
    return Path(tempfile.mkdtemp(prefix="fuzz-keys-"))


def signing_key(data: bytes) -> None:
    """Read a private key from a file of mode 0600, and write it to another."""
    given, written = _folder() / "given", _folder() / "written"
    with os.fdopen(os.open(given, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    key = _read(load_signing_key, given)
    if key is not None:
        written.unlink(missing_ok=True)
        write_signing_key(key, written)
        same(load_signing_key(written).verifier, key.verifier)


def verifier(data: bytes) -> None:
    """Read a public key."""
    key = _read(read_verifier, _text(data))
    assert key is None or read_verifier(str(key)) == key


def signed_note(data: bytes) -> None:
    """Read a signed note, which has one spelling, and look for both kinds of signature."""
    text = _text(data)
    note = _read(read_note, text)
    if note is not None:
        same(str(note), text)
        for key in (LOG_KEY, WITNESS_KEY):
            _read(signed_by, note, key.verifier)


def checkpoint(data: bytes) -> None:
    """Read a checkpoint."""
    found = _read(read_checkpoint, _text(data))
    assert found is None or read_checkpoint(found.text) == found


def proof(data: bytes) -> None:
    """Read a proof, which has one spelling, and check it."""
    text = _text(data)
    found = _read(read_proof, text)
    if found is not None:
        same(str(found), text)
        _read(check_proof, found, LOG_KEY.verifier)


def submission(data: bytes) -> None:
    """Read what a log sends to a witness, which has one spelling, and follow its path."""
    text = _text(data)
    found = _read(read_submission, text)
    if found is None:
        return
    same(str(found), text)
    later = _read(read_checkpoint, found.checkpoint.text)
    if later is not None:
        is_consistent((found.old, bytes(32)), (later.size, later.root), found.path)


def book_record(data: bytes) -> None:
    """Read a record of the books: its key, a line feed, its value; one entry has one key."""
    key, _, value = data.partition(b"\n")
    record = _read(read_record, 7, key, value)
    # Any name of a heartbeat is taken, so that none can stop the books.
    if record is not None and record.key.kind is not EntryKind.HEARTBEAT:
        same(record.key.encode(), key)
        same(read_key(key), record.key)


def offset_note(data: bytes) -> None:
    """Read what stands beside a committed offset."""
    note = _read(Note.read, _text(data))
    assert note is None or Note.read(str(note)) == note
