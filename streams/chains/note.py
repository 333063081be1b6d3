"""The note that the writer commits beside its offset: where the chain stood, and under which books.

Kafka keeps a text with each committed offset. The note goes there in the same transaction as the records, so
it is a witness of the chain's head in another topic: a ledger that lost its end, or holds another one, does
not fit it. It has about 80 characters; brokers allow 4096 bytes (`offset.metadata.max.bytes`).
"""

from dataclasses import dataclass
from typing import Self

from streams.errors import LedgerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`seq:hash:revision` of the chain head at the commit; the hash is hex.

    `revision` is that of the books the transaction was decided under, which a record at the head need not
    show: a transaction that only acknowledges a revision writes none.
    """

    seq: int
    hash: bytes
    revision: int

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}:{self.revision}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the note that the text holds.

        Raises:
            LedgerError: it holds none; somebody else commits for this consumer group.
        """
        try:
            seq, digest, revision = text.split(":")
            return cls(seq=int(seq), hash=bytes.fromhex(digest), revision=int(revision))
        except ValueError as error:
            raise LedgerError(
                f"the committed offset carries `{text[:40]}` instead of a chain position: another program "
                "commits for this consumer group, give it another one"
            ) from error
