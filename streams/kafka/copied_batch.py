"""A batch of records with the same bytes as another one: what many topics get alike is written out once.

A record batch of Kafka (magic 2) has its records behind a header of 61 bytes. Two batches with the same
records differ in the producer's state alone, and in the checksum over it.
"""

import struct
from typing import Any

from aiokafka.record.util import calc_crc32c

# Where they stand in the header: the checksum, what it covers, and the producer's id, epoch and sequence.
_CRC_AT, _COVERED_FROM, _STATE_AT = 17, 21, 43
_CRC, _STATE = struct.Struct(">I"), struct.Struct(">qhi")


class CopiedBatch:
    """Stands where aiokafka expects a batch builder that is closed; its sender calls what is here."""

    def __init__(self, written: bytes, count: int) -> None:
        self._written = written
        self._count = count
        self._state = (-1, -1, -1)

    @classmethod
    def of(cls, builder: Any) -> "CopiedBatch":
        """Return a batch with the records of a builder, which is closed by this."""
        return cls(bytes(builder._build()), builder.record_count())

    def again(self) -> "CopiedBatch":
        """Return another one with the same records, for another partition."""
        return CopiedBatch(self._written, self._count)

    def close(self) -> None:
        """Do nothing: nothing can be appended to it."""

    def closed(self) -> bool:
        """Tell that nothing can be appended to it."""
        return True

    def record_count(self) -> int:
        """Return how many records it has."""
        return self._count

    def size(self) -> int:
        """Return how many bytes it has."""
        return len(self._written)

    def _set_producer_state(self, producer_id: int, producer_epoch: int, base_sequence: int) -> None:
        self._state = (producer_id, producer_epoch, base_sequence)

    def _build(self) -> bytes:
        batch = bytearray(self._written)
        _STATE.pack_into(batch, _STATE_AT, *self._state)
        _CRC.pack_into(batch, _CRC_AT, calc_crc32c(memoryview(batch)[_COVERED_FROM:]))
        return bytes(batch)
