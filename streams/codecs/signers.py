"""The files of reviewers and of counsel: verifier keys of people whose acts the gate takes, a line each."""

from pathlib import Path

from streams.codecs.whole_file import read_text
from streams.errors import InputError
from streams.ledger.signed_note import Verifier, read_verifier
from streams.ledger.signers import require_signers

_COMMENT = "#"


def load_signers(path: Path, role: str) -> tuple[Verifier, ...]:
    """Return the people of a file; blank lines and lines that begin with `#` say nothing.

    `role` says in messages who they are. The keys are public, but whoever can write the file can act as they
    may, so it belongs to root.

    Raises:
        InputError: it cannot be read, a line is no verifier key, or two share a name or a key.
    """
    lines = [line.strip() for line in read_text(path).splitlines()]
    try:
        return require_signers([read_verifier(line) for line in lines if line and line[0] != _COMMENT])
    except InputError as error:
        raise InputError(f"{role} `{path}`: {error}") from error
