"""Dead letters: what could not be read, as it came, beside the record of the chain that names it."""

from datetime import datetime

from aiokafka.structs import TopicPartition

from streams.codecs.record_codec import INPUT_LIMIT
from streams.kafka.batch import Record
from streams.ledger.dead_letter import DeadLetter
from streams.policy.vocabulary import DecisionId

# Of a record that is larger than a broker takes uncompressed, so much of the key and of the value is kept.
KEPT_OF_TOO_MUCH = INPUT_LIMIT // 2


def letter_of(
    record: Record, source: TopicPartition, decision_id: DecisionId, error: str, now: datetime
) -> DeadLetter:
    """Return the letter of a record of `source` that the chain records as malformed, under that id."""
    key, value = _kept(record)
    return DeadLetter(
        decision_id=decision_id,
        source_topic=source.topic,
        source_partition=source.partition,
        source_offset=record.offset,
        key=key,
        value=value,
        error=error,
        recorded_at=now,
    )


def _kept(record: Record) -> tuple[bytes | None, bytes | None]:
    """Return key and value; the beginnings of both where compression let more in than a dead letter holds.

    Brokers limit what they are sent, which is compressed. Half of 1 MiB of each fits in any dead letter, and
    shows whoever looks at it what it was.
    """
    if len(record.key or b"") + len(record.value or b"") <= INPUT_LIMIT:
        return record.key, record.value
    return _beginning(record.key), _beginning(record.value)


def _beginning(data: bytes | None) -> bytes | None:
    return None if data is None else data[:KEPT_OF_TOO_MUCH]
