"""A signer that is a program: for a key on a token, in an agent or behind a login, which no file here holds.

Its key file has two lines: `PROGRAM` with a command, and the verifier key that it signs for. The protocol:
the program is started without a shell, gets on its standard input the bytes to sign, writes the 64 bytes of
the Ed25519 signature (RFC 8032) to its standard output, and ends with 0. Anything else is no signature. It
may ask its user for a PIN or a touch on the terminal, which it shares.
"""

import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from streams.codecs.owned_file import read_owned, write_owned
from streams.codecs.signing_key import load_signing_key
from streams.errors import InputError, UnavailableError
from streams.ledger.signed_note import (
    SIGNATURE,
    Signature,
    SignedNote,
    Signer,
    Verifier,
    read_verifier,
    signed_by,
)

_HEAD = "PROGRAM "


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningProgram:
    """Signs by a command, for a key that is known; `patience` is its time limit in seconds."""

    command: tuple[str, ...]
    verifier: Verifier
    patience: float

    @property
    def name(self) -> str:
        """Return the name that it signs under."""
        return self.verifier.name

    def sign(self, text: str) -> Signature:
        """Return the program's signature of the text, once it is seen to be one.

        Raises:
            InputError: there is no such program, or what it gave is no signature of its key.
            UnavailableError: it refused, or gave none in time.
        """
        content = self._ask(text.encode())
        signature = Signature(name=self.name, key_hash=self.verifier.hash, content=content)
        try:
            signed_by(SignedNote(text=text, signatures=(signature,)), self.verifier)
        except InputError as error:
            raise InputError(
                f"signer `{self.command[0]}`: what it gave is no signature by the key of `{self.name}`"
            ) from error
        return signature

    def _ask(self, text: bytes) -> bytes:
        program = self.command[0]
        try:
            # What it says to its user goes to the terminal and is not ours to read.
            done = subprocess.run(
                self.command, input=text, stdout=subprocess.PIPE, timeout=self.patience, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise UnavailableError(
                f"signer `{program}`: no signature within {self.patience:g} s; nothing is signed"
            ) from error
        except OSError as error:
            raise InputError(f"signer `{program}`: {error.strerror}") from error
        if done.returncode != 0:
            raise UnavailableError(
                f"signer `{program}`: it refused with exit code {done.returncode}; nothing is signed"
            )
        return done.stdout


def load_signer(path: Path, patience: float) -> Signer:
    """Return what a key file names: the key in it, or a program that has so many seconds to sign.

    Raises:
        InputError: it is not there, open to others, or neither.
    """
    first, _, rest = read_owned(path, "signing key").decode(errors="replace").partition("\n")
    if not first.startswith(_HEAD):
        return load_signing_key(path)
    return SigningProgram(
        command=_command(first.removeprefix(_HEAD)), verifier=read_verifier(rest), patience=patience
    )


def write_signing_program(path: Path, name: str, command: str, public_key: bytes) -> Verifier:
    """Write a new key file for a program, of whose key the public half is given in PEM; return its verifier.

    Raises:
        InputError: the command, the name or the key is none, or the file is there already.
    """
    try:
        key = load_pem_public_key(public_key)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError("expected a public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError("expected an Ed25519 key: no other can sign a note")
    words = shlex.join(_command(command))
    verifier = Verifier(name=name, kind=SIGNATURE, key=key.public_bytes_raw())
    # Read as others will, so that a name that cannot be told is refused before it signs.
    read_verifier(str(verifier))
    write_owned(path, f"{_HEAD}{words}\n{verifier}\n".encode(), "signing key")
    return verifier


def _command(line: str) -> tuple[str, ...]:
    try:
        command = tuple(shlex.split(line))
    except ValueError as error:
        raise InputError(f"a signer's command cannot be read: {error}") from error
    if not command or not line.isprintable():
        raise InputError("a signer's command is blank or has more than one line")
    return command
