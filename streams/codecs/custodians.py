"""The file of custodians: who may change the books, a verifier key (C2SP signed-note) on each line.

Who leaves stays in the file, with how many changes they were there for: `name+hash+key until 17`. A line that
is taken out would take back what its owner has signed, revocations too. The keys are public, so anybody may
read the file; who may write it decides who changes the books: guard it as the program.
"""

from collections.abc import Mapping
from pathlib import Path

from streams.errors import InputError
from streams.ledger.signed_note import SIGNATURE, Verifier, from_decimal, read_verifier

COMMENT = "#"
UNTIL = " until "


def read_custodians(path: Path) -> tuple[tuple[Verifier, ...], Mapping[Verifier, int]]:
    """Return the custodians of a file, and those who were, each with the number of changes until then.

    Raises:
        InputError: it cannot be read, names nobody, or a line is no key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"custodians `{path}`: {type(error).__name__}; expected a text file") from error
    custodians, retired = [], {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(COMMENT):
            continue
        key, is_retired, until = line.partition(UNTIL)
        custodian = _custodian(key, f"custodians `{path}` line {number}")
        if is_retired:
            retired[custodian] = _count(until, f"custodians `{path}` line {number}")
        else:
            custodians.append(custodian)
    if not custodians:
        raise InputError(f"custodians `{path}`: expected a verifier key on a line, found none")
    return tuple(custodians), retired


def _custodian(line: str, where: str) -> Verifier:
    try:
        verifier = read_verifier(line)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
    if verifier.kind != SIGNATURE:
        raise InputError(f"{where}: expected the key of a signer, got that of a witness")
    return verifier


def _count(text: str, where: str) -> int:
    count = from_decimal(text.strip())
    if count is None:
        raise InputError(
            f"{where}: expected the number of changes after `until`, as `books proposals` tells it"
        )
    return count
