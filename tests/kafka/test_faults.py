import pytest
from aiokafka import errors as kafka

from streams.errors import FencedError, GateError, UnavailableError
from streams.kafka.faults import PoisonError, reaching, sorted_faults


@pytest.mark.parametrize(
    ("raised", "becomes"),
    [
        (kafka.MessageSizeTooLargeError(), PoisonError),
        (kafka.InvalidTopicError(), PoisonError),
        (kafka.ProducerFenced(), FencedError),
        (kafka.InvalidProducerEpoch(), FencedError),
        (kafka.OutOfOrderSequenceNumber(), FencedError),
        (kafka.KafkaTimeoutError(), UnavailableError),
        (kafka.NotLeaderForPartitionError(), UnavailableError),
        (TimeoutError(), UnavailableError),
        (ConnectionResetError(), UnavailableError),
    ],
)
def test_a_fault_is_sorted_by_what_to_do_about_it(raised: Exception, becomes: type[GateError]) -> None:
    with pytest.raises(becomes, match=f"could not do it.*{type(raised).__name__}"), sorted_faults("do it"):
        raise raised


def test_what_is_no_fault_of_kafka_passes_untouched() -> None:
    with pytest.raises(ZeroDivisionError), sorted_faults("divide"):
        raise ZeroDivisionError


def test_a_broker_that_is_not_there_is_told_with_where_it_was_looked_for() -> None:
    told = pytest.raises(UnavailableError, match="no Kafka answers at `nowhere:1`; start one")
    with told, reaching("nowhere:1"):
        raise kafka.KafkaConnectionError


def test_another_fault_is_not_told_as_a_broker_that_is_not_there() -> None:
    with pytest.raises(kafka.ProducerFenced), reaching("nowhere:1"):
        raise kafka.ProducerFenced
