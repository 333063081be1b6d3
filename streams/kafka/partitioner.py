"""Where a key belongs: Kafka's default partitioner, the same in every client that keeps to it.

Clients on librdkafka do not by default (CRC32). What such a sender puts elsewhere is moved by the gate.
"""

import struct

_SEED = 0x9747B28C
_FACTOR = 0x5BD1E995
_LOW_32 = 0xFFFFFFFF


def partition_of(key: str, partitions: int) -> int:
    """Return the partition, from 0, that murmur2 puts the key's UTF-8 bytes in."""
    # Java's hash is a signed number; the mask is how Kafka makes it a positive one.
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def murmur2(data: bytes) -> int:
    """Return the 32 bits of Kafka's hash, as an unsigned number.

    That of aiokafka goes byte by byte and takes twice as long, and every request needs one.
    """
    mixed = _SEED ^ len(data)
    for word in struct.unpack_from(f"<{len(data) >> 2}I", data):
        part = word * _FACTOR & _LOW_32
        # One mask for both: the low bits of a product or an `^` depend on low bits alone.
        mixed = (mixed * _FACTOR ^ (part ^ part >> 24) * _FACTOR) & _LOW_32
    rest = len(data) & 3
    if rest:
        mixed = (mixed ^ int.from_bytes(data[-rest:], "little")) * _FACTOR & _LOW_32
    mixed = (mixed ^ mixed >> 13) * _FACTOR & _LOW_32
    return mixed ^ mixed >> 15
