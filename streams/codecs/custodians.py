"""The file of custodians: who may change the books, a verifier key (C2SP signed-note) on each line.

Public keys, so anybody may read it; who may write it decides who changes the books: guard it as the program.
"""

from pathlib import Path

from streams.errors import InputError
from streams.ledger.signed_note import SIGNATURE, Verifier, read_verifier

COMMENT = "#"


def read_custodians(path: Path) -> tuple[Verifier, ...]:
    """Return the custodians of a file; empty lines and comments count for nothing.

    Raises:
        InputError: it cannot be read, names nobody, or a line is no key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"custodians `{path}`: {type(error).__name__}; expected a text file") from error
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith(COMMENT):
            found.append(_custodian(line, f"custodians `{path}` line {number}"))
    if not found:
        raise InputError(f"custodians `{path}`: expected a verifier key on a line, found none")
    return tuple(found)


def _custodian(line: str, where: str) -> Verifier:
    try:
        verifier = read_verifier(line)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    if verifier.kind != SIGNATURE:
        raise InputError(f"{where}: expected the key of a signer, got that of a witness")
    return verifier
