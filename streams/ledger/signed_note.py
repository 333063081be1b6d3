"""Signed notes (C2SP signed-note) and cosignatures of witnesses (C2SP tlog-cosignature), with Ed25519.

A note is text that ends with a newline, an empty line, and a line for each signature. A signature names its
key by a hash of name, kind and public key, so a reader finds those that it knows and passes over the others.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from streams.errors import InputError

# Kinds of keys: a signature of the text, and one of the text with a time before it.
SIGNATURE, COSIGNATURE = 0x01, 0x04
KINDS = (SIGNATURE, COSIGNATURE)
HASH_SIZE, TIME_SIZE, SIGNATURE_SIZE, KEY_SIZE = 4, 8, 64, 32
_DASH = "\u2014 "
# Below 10^19: a tree of 2^63 leaves is the largest that any path has a hash for.
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """A public key by its name: of a log when `kind` is SIGNATURE, of a witness when it is COSIGNATURE.

    The text form is `name+hash+key`: hash in hex, kind and key in base64.
    """

    name: str
    kind: int
    key: bytes

    @property
    def hash(self) -> bytes:
        """Return the four bytes that signature lines name the key by."""
        text = self.name.encode() + b"\n" + bytes((self.kind,)) + self.key
        return hashlib.sha256(text).digest()[:HASH_SIZE]

    def __str__(self) -> str:
        key = base64.b64encode(bytes((self.kind,)) + self.key).decode()
        return f"{self.name}+{self.hash.hex()}+{key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature line. `content` is the signature, after eight bytes of time for a cosignature."""

    name: str
    key_hash: bytes
    content: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_hash + self.content).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedNote:
    """Text that ends with a newline, and what stands under it."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)


class Signer(Protocol):
    """Whoever signs notes under a name: a key in a file, or a program that has one elsewhere."""

    @property
    def name(self) -> str:
        """Return the name that it signs under."""

    @property
    def verifier(self) -> Verifier:
        """Return what others verify the signatures with."""

    def sign(self, text: str) -> Signature:
        """Return a signature of the text of a note."""


def note_by(signer: Signer, text: str) -> SignedNote:
    """Return the text as a note with this signature under it."""
    return SignedNote(text=text, signatures=(signer.sign(text),))


def read_verifier(text: str) -> Verifier:
    """Return the verifier of its text form.

    Raises:
        InputError: it is none, or its hash is not that of its key.
    """
    name, _, rest = text.strip().partition("+")
    key_hash, _, key = rest.partition("+")
    decoded = from_base64(key)
    if decoded is None or len(decoded) != 1 + KEY_SIZE or decoded[0] not in KINDS:
        raise InputError("expected a verifier key, `name+hash+key` with an Ed25519 key in base64")
    verifier = Verifier(name=name, kind=decoded[0], key=decoded[1:])
    if not _is_name(name) or key_hash != verifier.hash.hex():
        raise InputError(f"verifier key `{name}`: its hash is not that of its name and key")
    return verifier


def verifier_of(name: str, kind: int, key: Ed25519PrivateKey) -> Verifier:
    """Return what a key's signatures are verified with.

    Raises:
        InputError: the name is empty, or holds a space, a plus or a control character.
    """
    if not _is_name(name):
        raise InputError(f"key name `{name}`: expected one without spaces and without `+`")
    return Verifier(name=name, kind=kind, key=key.public_key().public_bytes_raw())


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(sign.isspace() or sign == "+" for sign in name)


def sign(text: str, name: str, key: Ed25519PrivateKey) -> Signature:
    """Return a log's signature of the text, which ends with a newline."""
    verifier = verifier_of(name, SIGNATURE, key)
    return Signature(name=name, key_hash=verifier.hash, content=key.sign(text.encode()))


def cosign(text: str, name: str, key: Ed25519PrivateKey, seconds: int) -> Signature:
    """Return a witness's signature of the text at a time, in seconds since 1970."""
    verifier = verifier_of(name, COSIGNATURE, key)
    content = seconds.to_bytes(TIME_SIZE, "big") + key.sign(_timed(text, seconds))
    return Signature(name=name, key_hash=verifier.hash, content=content)


def _timed(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def signed_by(note: SignedNote, verifier: Verifier) -> bool:
    """Tell whether the note carries a good signature of that key.

    Raises:
        InputError: a line names the key and its signature is wrong: somebody has changed one or the other.
    """
    found = False
    for signature in note.signatures:
        if (signature.name, signature.key_hash) == (verifier.name, verifier.hash):
            if not _is_good(note.text, signature, verifier):
                raise InputError(f"the signature of `{verifier.name}` is not one of this note")
            found = True
    return found


def _is_good(text: str, signature: Signature, verifier: Verifier) -> bool:
    content, signed = signature.content, text.encode()
    if verifier.kind == COSIGNATURE:
        seconds, content = int.from_bytes(content[:TIME_SIZE], "big"), content[TIME_SIZE:]
        signed = _timed(text, seconds)
    try:
        Ed25519PublicKey.from_public_bytes(verifier.key).verify(content, signed)
    except InvalidSignature:
        return False
    return True


def read_note(data: str) -> SignedNote:
    """Return the note that the text is.

    Raises:
        InputError: it has no empty line before its signatures, or a line that is none.
    """
    text, parted, below = data.rpartition("\n\n")
    lines = below.split("\n")
    # Behind the last signature stands a newline, so the last piece is empty.
    if not parted or lines.pop() != "" or not lines:
        raise InputError("expected a signed note: text, an empty line, and signatures")
    return SignedNote(text=text + "\n", signatures=tuple(_signatures(lines)))


def _signatures(lines: Iterable[str]) -> Iterable[Signature]:
    for line in lines:
        name, parted, content = line.removeprefix(_DASH).partition(" ")
        decoded = from_base64(content)
        if not line.startswith(_DASH) or not parted or not _is_name(name) or decoded is None:
            raise InputError("a line below a signed note is no signature")
        if len(decoded) <= HASH_SIZE:
            raise InputError("a signature below a signed note is too short")
        yield Signature(name=name, key_hash=decoded[:HASH_SIZE], content=decoded[HASH_SIZE:])


def from_base64(text: str) -> bytes | None:
    """Return what the text stands for, or None when it is not the one spelling of anything."""
    try:
        decoded = base64.b64decode(text)
    except ValueError:
        return None
    # Decoding passes over foreign signs and over what the last sign carries beyond the last byte, so that one
    # content would have several spellings.
    return decoded if base64.b64encode(decoded).decode() == text else None


def from_instant(text: str) -> datetime | None:
    """Return the instant, in UTC, that the text names in ISO 8601 with an offset, or None for any other."""
    try:
        found = datetime.fromisoformat(text)
        # Not every time with an offset has one in UTC.
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def from_decimal(text: str) -> int | None:
    """Return the number of records that the text stands for, or None when it is not the one spelling of one.

    Digits of other scripts, a zero in front and numbers without end are all none.
    """
    return int(text) if _NUMBER.fullmatch(text) else None
