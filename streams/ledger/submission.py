"""What a log sends to a witness, in the text form of C2SP tlog-witness: `add-checkpoint`.

The size that the witness saw last, the path from there to the new tree, an empty line, and the checkpoint.
"""

import base64
from dataclasses import dataclass

from streams.errors import InputError
from streams.ledger.signed_note import SignedNote, from_base64, from_decimal, read_note

_OLD = "old "
# A tree of 2^63 leaves has no longer path.
MOST_HASHES = 63


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """`old` is the size of the tree that the path begins at; 0 for a witness that saw none."""

    old: int
    path: tuple[bytes, ...]
    checkpoint: SignedNote

    def __str__(self) -> str:
        lines = [f"{_OLD}{self.old}", *(base64.b64encode(node).decode() for node in self.path)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"


def read_submission(text: str) -> Submission:
    """Return the submission in a text.

    Raises:
        InputError: it is none.
    """
    above, parted, below = text.partition("\n\n")
    first, *lines = above.split("\n")
    old = from_decimal(first.removeprefix(_OLD))
    path = tuple(map(from_base64, lines))
    if not parted or not first.startswith(_OLD) or old is None or len(path) > MOST_HASHES:
        raise InputError("expected a submission that begins with `old` and a number of records")
    if any(node is None for node in path):
        raise InputError("expected base64 in a line of a submission")
    return Submission(old=old, path=tuple(filter(None, path)), checkpoint=read_note(below))
