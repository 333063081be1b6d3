"""Checkpoints: the size and the root of a tree in the text form of C2SP tlog-checkpoint.

Three lines: the origin, which names one log for ever; the number of leaves; the root in base64. A checkpoint
is signed as a note (`streams.ledger.signed_note`), so that any tool of the format can read and verify it.
"""

import base64
from dataclasses import dataclass

from streams.errors import InputError
from streams.ledger.signed_note import from_base64, from_decimal

HASH_SIZE = 32
LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The tree over the first `size` records of the log that `origin` names."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Return the text to sign."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def origin_of(ledger: str, partition: int) -> str:
    """Return the origin of one partition's log, such as `gate.example.org/ledger/0`."""
    return f"{ledger}/{partition}"


def read_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint in the text of a note; lines after the third are extensions, and ignored.

    Raises:
        InputError: it is none.
    """
    lines = text.split("\n")
    if len(lines) <= LINES or lines[-1] != "" or not lines[0]:
        raise InputError("expected a checkpoint: origin, size and root, each on its line")
    origin = lines[0]
    size, root = from_decimal(lines[1]), from_base64(lines[2])
    if size is None or root is None or len(root) != HASH_SIZE:
        raise InputError(f"checkpoint of `{origin}`: expected a number of records and a SHA-256 in base64")
    return Checkpoint(origin=origin, size=size, root=root)
