"""The records of one partition that wait to be decided: in order, without a hole, bounded in bytes.

It stands between Faust, which may stop, seek or deliver for an assignment that is over, and the writer, which
commits whatever position it is told. A hole that passed here would be requests that nobody has seen and that
are committed as decided; hence positions and epochs are compared, not trusted.
"""

from collections import deque
from itertools import islice

from streams.errors import GateError
from streams.kafka.batch import Piece, Record, RecordBatch, size_of


class HoleError(GateError):
    """A batch does not begin where the one before it ended: records between them were lost on the way."""

    exit_code = 70


class Inbox:
    """A queue of one partition that the transport fills and the writer empties.

    INVARIANT: the records in it are exactly those of the log between the position that `start` was given
    and `position`, less what was taken. `limit` is in bytes; the transport stops reading above it, so
    the queue holds at most one fetch more.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[Record] = deque()
        self._bytes = 0
        self._epoch: int | None = None
        self._log_end = 0
        self.position = 0

    def start(self, epoch: int, position: int) -> None:
        """Forget what waits, and expect the batches of `epoch` from the offset `position` on."""
        self.stop()
        self._epoch, self.position = epoch, position

    def stop(self) -> None:
        """Forget what waits, and refuse every batch until the next start."""
        self._waiting.clear()
        self._bytes = 0
        self._epoch = None

    @property
    def started(self) -> bool:
        """Tell whether batches are expected at all."""
        return self._epoch is not None

    @property
    def has_room(self) -> bool:
        """Tell whether the transport should read more."""
        return self._bytes < self._limit

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, batch: RecordBatch) -> None:
        """Queue a batch; one of an earlier epoch is dropped, because its records are read again.

        Raises:
            HoleError: the batch does not begin at `position`.
        """
        # Fetched before the last seek, and handed over after it.
        if batch.epoch != self._epoch:
            return
        if batch.from_position != self.position:
            raise HoleError(
                f"hole in partition {batch.partition}: expected position {self.position}, "
                f"read from {batch.from_position}"
            )
        self._waiting.extend(batch.records)
        self._bytes += sum(map(size_of, batch.records))
        self.position = batch.to_position
        self._log_end = batch.log_end

    def next_records(self, most_records: int, most_bytes: int) -> tuple[Record, ...]:
        """Return the records that `take` would return with these limits, and leave them."""
        found: list[Record] = []
        size = 0
        for record in islice(self._waiting, most_records):
            size += size_of(record)
            if found and size > most_bytes:
                break
            found.append(record)
        return tuple(found)

    @property
    def lag(self) -> int:
        """Return how many offsets are not taken yet, as far as the broker has told.

        Offsets of markers count too, so it may be some higher than the records that wait.
        """
        return len(self._waiting) + max(0, self._log_end - self.position)

    def take(self, most_records: int, most_bytes: int) -> Piece:
        """Return the next records within the limits, at least one if any waits.

        A single record may be larger than `most_bytes`: it goes alone, or it would never go.
        """
        taken = self.next_records(most_records, most_bytes)
        for record in taken:
            self._waiting.popleft()
            self._bytes -= size_of(record)
        # With nothing left it is `position`, which is past markers that the last record's offset + 1 is not.
        to_position = self._waiting[0].offset if self._waiting else self.position
        return Piece(records=taken, to_position=to_position)
