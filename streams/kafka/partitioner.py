"""Where a key belongs: Kafka's default partitioner, the same in every client that keeps to it."""

from aiokafka.partitioner import murmur2


def partition_of(key: str, partitions: int) -> int:
    """Return the partition that murmur2 puts the key's UTF-8 bytes in."""
    digest: int = murmur2(key.encode())
    return (digest & 0x7FFFFFFF) % partitions
