import pytest
from aiokafka import partitioner
from hypothesis import given
from hypothesis import strategies as st

from streams.kafka.partitioner import murmur2, partition_of


# What `kafka-console-producer` of Kafka 4.2 does with these keys on a topic of 8 partitions is Kafka's
# Utils.toPositive(murmur2(key)) % 8; the digests are those of Kafka's own UtilsTest.
@pytest.mark.parametrize(
    ("key", "digest"),
    [
        ("21", -973932308),
        ("foobar", -790332482),
        ("a-little-bit-long-string", -985981536),
        ("a-little-bit-longer-string", -1486304829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        ("abc", 479470107),
    ],
)
def test_a_key_goes_where_every_kafka_client_puts_it(key: str, digest: int) -> None:
    assert partition_of(key, 8) == (digest & 0x7FFFFFFF) % 8


@given(st.binary(max_size=70))
def test_the_hash_is_that_of_the_client_library(data: bytes) -> None:
    assert murmur2(data) == partitioner.murmur2(data)
