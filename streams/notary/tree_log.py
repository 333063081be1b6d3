"""One partition of the ledger as the notary follows it: chain, tree, and what was signed of it before.

INVARIANT: what is signed continues what was signed. A record that breaks the chain, or a tree that is not the
one of an earlier checkpoint, ends the notary instead of being signed.
"""

from collections.abc import Mapping

from streams.codecs.ledger_record import read_link
from streams.errors import LedgerError
from streams.ledger.checkpoint import Checkpoint
from streams.ledger.merkle import Tree, leaf_hash
from streams.ledger.progress import Progress
from streams.ledger.verify import take


class TreeLog:
    """The tree over the records so far; `signed` are the roots that were signed before, by size."""

    def __init__(self, origin: str, partition: int, signed: Mapping[int, bytes]) -> None:
        self.origin = origin
        self.partition = partition
        self._progress = Progress(partition=partition)
        self._tree = Tree()
        self._signed = dict(signed)
        self._last = max(signed, default=0)

    @property
    def unsigned(self) -> int:
        """Return how many records no checkpoint covers yet."""
        return self._tree.size - self._last

    def append(self, value: bytes | None) -> None:
        """Take in the next record.

        Raises:
            LedgerError: it breaks the chain, or the tree is another than the one that was signed at its size.
        """
        problem = take(self._progress, value, read_link)
        if problem is not None or value is None:
            raise LedgerError(f"the ledger of partition {self.partition}: {problem}; nothing more is signed")
        self._tree.append(leaf_hash(value))
        size = self._tree.size
        if size in self._signed and self._signed[size] != self._tree.root():
            raise LedgerError(
                f"the ledger of partition {self.partition} is not the one that was signed at {size} records: "
                "it was rewritten since, keep the topics as they are"
            )

    def caught_up(self) -> None:
        """Look whether all that was signed is there, once everything that can be read was appended.

        Raises:
            LedgerError: there are fewer records than were signed.
        """
        if self.unsigned < 0:
            raise LedgerError(
                f"the ledger of partition {self.partition} ends after {self._tree.size} records and "
                f"{self._last} were signed: it was cut off since, keep the topics as they are"
            )

    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint of the tree as it is."""
        return Checkpoint(origin=self.origin, size=self._tree.size, root=self._tree.root())

    def path_from(self, size: int) -> tuple[bytes, ...]:
        """Return the path that proves the tree of an earlier size a beginning of the tree as it is."""
        return self._tree.consistency_path(size, self._tree.size)

    def was_signed(self, checkpoint: Checkpoint) -> None:
        """Note that a checkpoint is published."""
        self._signed[checkpoint.size] = checkpoint.root
        self._last = checkpoint.size
