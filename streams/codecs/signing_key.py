"""The private key of a notary or a witness: a line of C2SP signed-note, in a file for its owner's eyes alone.

`PRIVATE+KEY+name+hash+key`: the hash is that of the public key, and `key` is its kind and the Ed25519 seed in
base64. No message and no `repr` shows the seed.
"""

import base64
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from streams.codecs.owned_file import read_owned, write_owned
from streams.errors import InputError
from streams.ledger.signed_note import (
    KINDS,
    SIGNATURE,
    Signature,
    Verifier,
    from_base64,
    sign,
    verifier_of,
)

_HEAD = "PRIVATE+KEY+"
_SEED_SIZE = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """An Ed25519 key and the name that it signs under; `kind` is SIGNATURE, or COSIGNATURE for a witness."""

    name: str
    kind: int = SIGNATURE
    key: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> Verifier:
        """Return what others verify the signatures with."""
        return verifier_of(self.name, self.kind, self.key)

    def sign(self, text: str) -> Signature:
        """Return a signature of the text of a note."""
        return sign(text, self.name, self.key)


def new_signing_key(name: str, seed: bytes, kind: int = SIGNATURE) -> SigningKey:
    """Return the key made of 32 random bytes, which are given so that this stays a function of its arguments.

    Raises:
        InputError: the name is none that a signature line can hold.
    """
    made = SigningKey(name=name, kind=kind, key=Ed25519PrivateKey.from_private_bytes(seed))
    # Asked for now, so that a name that cannot be told is refused before it signs.
    _ = made.verifier
    return made


def load_signing_key(path: Path) -> SigningKey:
    """Return the key in a file that nobody but its owner can read.

    Raises:
        InputError: it is not there, open to others, or no signing key.
    """
    text = read_owned(path, "signing key").decode(errors="replace").strip()
    name, _, rest = text.removeprefix(_HEAD).partition("+")
    key_hash, _, encoded = rest.partition("+")
    decoded = from_base64(encoded) or b""
    # No part of the line is told, for any may be the seed.
    if not text.startswith(_HEAD) or len(decoded) != 1 + _SEED_SIZE or decoded[0] not in KINDS:
        raise InputError(f"signing key `{path}`: expected `{_HEAD}name+hash+key` with an Ed25519 key")
    key = new_signing_key(name, decoded[1:], decoded[0])
    if key_hash != key.verifier.hash.hex():
        raise InputError(f"signing key `{path}`: its hash is not that of its name and key")
    return key


def write_signing_key(signing_key: SigningKey, path: Path) -> None:
    """Write the key to a new file with mode 0600; a file that is there already stays as it is.

    Raises:
        InputError: the file is there already, or cannot be made.
    """
    seed = base64.b64encode(bytes((signing_key.kind,)) + signing_key.key.private_bytes_raw()).decode()
    line = f"{_HEAD}{signing_key.name}+{signing_key.verifier.hash.hex()}+{seed}\n"
    write_owned(path, line.encode(), "signing key")
