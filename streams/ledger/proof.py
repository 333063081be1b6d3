"""The proof of one record: it stands in the ledger that was signed, and nobody needs the ledger to see it.

In the text form of C2SP tlog-proof: the record's value, its place, the path up the tree, and the checkpoint
that the path leads to.
"""

import base64
from dataclasses import dataclass

from streams.errors import InputError, LedgerError
from streams.ledger.checkpoint import Checkpoint, read_checkpoint
from streams.ledger.merkle import leaf_hash, root_of_inclusion
from streams.ledger.signed_note import SignedNote, Verifier, from_base64, from_decimal, read_note, signed_by

HEADER = "c2sp.org/tlog-proof@v1"
_EXTRA, _INDEX = "extra ", "index "


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """`value` is the record as it stands on the topic; `index` its place, which is its `seq`."""

    value: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: SignedNote

    def __str__(self) -> str:
        lines = [HEADER, _EXTRA + _encoded(self.value), f"{_INDEX}{self.index}", *map(_encoded, self.path)]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"


def read_proof(text: str) -> Proof:
    """Return the proof in a text.

    Raises:
        InputError: it is none.
    """
    above, parted, below = text.partition("\n\n")
    lines = above.split("\n")
    if not parted or len(lines) < 3 or lines[0] != HEADER:  # noqa: PLR2004  # header, value and place
        raise InputError(f"expected a proof that begins with `{HEADER}`")
    _, extra, index, *path = lines
    place = from_decimal(index.removeprefix(_INDEX))
    if not extra.startswith(_EXTRA) or not index.startswith(_INDEX) or place is None:
        raise InputError("expected a proof with `extra` and `index` below its header")
    return Proof(
        value=_decoded(extra.removeprefix(_EXTRA)),
        index=place,
        path=tuple(map(_decoded, path)),
        checkpoint=read_note(below),
    )


def check_proof(proof: Proof, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint that the proof leads to, once all of it holds.

    Raises:
        InputError: the checkpoint is none, or its signature was made for another text.
        LedgerError: the key did not sign the checkpoint, or the path does not lead to its root.
    """
    checkpoint = read_checkpoint(proof.checkpoint.text)
    if not signed_by(proof.checkpoint, verifier):
        raise LedgerError(f"the checkpoint of `{checkpoint.origin}` is not signed by `{verifier.name}`")
    root = root_of_inclusion(leaf_hash(proof.value), proof.index, checkpoint.size, proof.path)
    if root != checkpoint.root:
        raise LedgerError(f"the record is not number {proof.index} of the ledger `{checkpoint.origin}`")
    return checkpoint


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str) -> bytes:
    decoded = from_base64(text)
    if decoded is None:
        raise InputError("expected base64 in a line of a proof")
    return decoded
