"""What the broker hands over: the records of one partition, with the positions they were read between.

Keys and values are bytes as they lie in the log. Nothing is decoded before a draft takes the record, so what
cannot be read is the gate's to record and never the transport's to drop.
"""

from dataclasses import dataclass
from typing import Protocol

from streams.codecs.trace_context import Headers


class Record(Protocol):
    """One Kafka record, as aiokafka reads it. `timestamp` is milliseconds since the epoch."""

    @property
    def offset(self) -> int:
        """Return the record's offset in its partition."""
        ...

    @property
    def timestamp(self) -> int:
        """Return when it was produced, in milliseconds since the epoch."""
        ...

    @property
    def key(self) -> bytes | None:
        """Return the key, as it lies in the log."""
        ...

    @property
    def value(self) -> bytes | None:
        """Return the value, as it lies in the log."""
        ...

    @property
    def headers(self) -> Headers:
        """Return the headers, as they lie in the log: anybody's, in any number."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBatch:
    """Records of one partition, read between two positions in one call.

    Offsets inside may jump (transaction markers, compaction); the positions may not: the next batch of the
    same epoch begins at `to_position`, or something was lost. `epoch` counts the seeks of the partition.
    `log_end` is the offset after the last committed record that the broker told of.
    """

    partition: int
    epoch: int
    from_position: int
    to_position: int
    log_end: int
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Records to be decided in one transaction, and the position that the transaction commits.

    `to_position` is the offset to read next: that of the first record left behind, or the inbox's position.
    """

    records: tuple[Record, ...]
    to_position: int

    def halves(self) -> tuple["Piece", "Piece"]:
        """Return the piece in two, to find a record that no transaction can take.

        It needs at least two records; of n, the one is found in about log2 n tries.
        """
        middle = len(self.records) // 2
        first, second = self.records[:middle], self.records[middle:]
        return (
            Piece(records=first, to_position=second[0].offset),
            Piece(records=second, to_position=self.to_position),
        )


def size_of(record: Record) -> int:
    """Return the record's size in memory, in bytes, roughly: 100 stand for the objects around the bytes."""
    size = len(record.key or b"") + len(record.value or b"") + 100
    for name, value in record.headers:
        size += len(name) + len(value or b"")
    return size
