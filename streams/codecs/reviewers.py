"""The file of reviewers: the verifier keys of the people who may clear what is held, a line each."""

from pathlib import Path

from streams.codecs.whole_file import read_text
from streams.errors import InputError
from streams.ledger.review_note import require_reviewers
from streams.ledger.signed_note import Verifier, read_verifier

_COMMENT = "#"


def load_reviewers(path: Path) -> tuple[Verifier, ...]:
    """Return the reviewers of a file; blank lines and lines that begin with `#` say nothing.

    The keys are public, but whoever can write the file can approve, so it belongs to root.

    Raises:
        InputError: it cannot be read, a line is no verifier key, or two share a name or a key.
    """
    lines = [line.strip() for line in read_text(path).splitlines()]
    try:
        return require_reviewers([read_verifier(line) for line in lines if line and line[0] != _COMMENT])
    except InputError as error:
        raise InputError(f"reviewers `{path}`: {error}") from error
