"""What a record says by itself, whatever the books hold and whatever was decided before it.

That is a quarter of the work on a request, and it can be done while the transaction before it is on its way
to the brokers, when the processor would only wait.
"""

from dataclasses import dataclass

from streams.codecs.request import decode_request
from streams.errors import CodecError
from streams.gate.context import Keys
from streams.kafka.batch import Record
from streams.kafka.partitioner import partition_of
from streams.policy.digest import Identity, canonical_of, identify
from streams.policy.making import maker_of
from streams.policy.request import SharingRequest
from streams.policy.seal import seal_holds


@dataclass(frozen=True, slots=True)
class Arrival:
    """The request as its seal proves it, its identity, and the partition where its id belongs.

    The partition goes by the id that the seal covers and not by the Kafka key, which a sender could choose
    to evade the partition's memory.
    """

    request: SharingRequest
    identity: Identity
    home: int


_make_arrival = maker_of(Arrival)


def arrival_of(value: bytes | None, keys: Keys, partitions: int) -> Arrival:
    """Return what the bytes of a request say; without a seal that holds, nobody vouches for the sender.

    Raises:
        CodecError: they are no request.
    """
    request = decode_request(value)
    # Seal and identity are over the same content, so it is written once.
    content = canonical_of(request)
    if seal_holds(request, keys.intake, content):
        identity = identify(request, content)
    else:
        request = request.unauthenticated()
        identity = identify(request)
    return _make_arrival(request, identity, partition_of(request.request_id, partitions))


class Arrivals:
    """The arrivals of one partition, each made when it is asked for, or before.

    What is made before is kept by offset until it is asked for; a log has one record at an offset for ever.
    """

    def __init__(self, keys: Keys, partitions: int) -> None:
        self._keys = keys
        self._partitions = partitions
        self._made: dict[int, Arrival] = {}

    def prepare(self, record: Record) -> None:
        """Make the arrival before it is asked for; what cannot be read is told only when it is."""
        if record.offset not in self._made:
            try:
                self._made[record.offset] = arrival_of(record.value, self._keys, self._partitions)
            except CodecError:
                return

    def of(self, record: Record) -> Arrival:
        """Return the arrival.

        Raises:
            CodecError: the record is no request.
        """
        made = self._made.pop(record.offset, None)
        return arrival_of(record.value, self._keys, self._partitions) if made is None else made
