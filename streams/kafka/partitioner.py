"""Where a key belongs: Kafka's default partitioner, the same in every client that keeps to it.

Clients on librdkafka do not by default (CRC32). What such a sender puts elsewhere is moved by the gate.
"""

from aiokafka.partitioner import murmur2


def partition_of(key: str, partitions: int) -> int:
    """Return the partition, from 0, that murmur2 puts the key's UTF-8 bytes in."""
    # Java's hash is a signed number; the mask is how Kafka makes it a positive one.
    digest: int = murmur2(key.encode())
    return (digest & 0x7FFFFFFF) % partitions
