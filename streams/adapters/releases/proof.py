"""The ledger's word for a release: whoever holds its bytes has to be believed nothing else.

The ledger has the SHA-256 of every release. Where its record lies follows from the release: the partition
from the id of the request, the place in it from the time at which it was issued.
"""

import hashlib
from contextlib import aclosing
from datetime import timedelta

from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import decode_ledger_record
from streams.kafka.partitioner import partition_of
from streams.kafka.reader import PartitionReader
from streams.ledger.record import LedgerRecord
from streams.policy.release import Release
from streams.policy.vocabulary import Verdict
from streams.settings import Settings
from streams.topics import Topics

# A decision is written some milliseconds after it was made; a transaction that hangs, a minute at most.
BEFORE, AFTER = timedelta(minutes=1), timedelta(minutes=5)


def digest_of(value: bytes) -> str:
    """Return the SHA-256 of the release's bytes, in hex."""
    return hashlib.sha256(value).hexdigest()


async def proof_of(settings: Settings, release: Release, digest: str) -> LedgerRecord | None:
    """Return the ledger's record of the forward with these bytes, or None when there is none.

    Raises:
        UnavailableError: no broker answers.
    """
    topics = Topics.of(settings)
    home = partition_of(release.request_id, topics.partitions)
    ledger = TopicPartition(topics.decisions.name, home)
    latest_ms = (release.issued_at + AFTER).timestamp() * 1000
    async with PartitionReader(settings) as reader:
        first, end = await reader.bounds(ledger)
        start = await reader.offset_at(ledger, release.issued_at - BEFORE)
        if start is None:
            return None
        async with aclosing(reader.read(ledger, max(first, start), end)) as records:
            async for record in records:
                if record.timestamp > latest_ms:
                    return None
                entry = decode_ledger_record(record.value)
                if entry.payload_digest == digest and entry.verdict is Verdict.FORWARD:
                    return entry
    return None
