import pytest

from streams.errors import CodecError
from streams.gate import arrival
from streams.gate.arrival import Arrivals, request_arrival_of
from streams.kafka.partitioner import partition_of
from streams.policy.digest import identify
from tests.gate.bench import KEYS, Arrived, Bench, bytes_of, signed
from tests.policy.building import a_request

PARTITIONS = 4


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals(KEYS, PARTITIONS)


def arrived(offset: int = 0, **changes: object) -> Arrived:
    return Arrived(offset=offset, value=bytes_of(signed(**changes)))


def test_a_sealed_request_arrives_with_its_identity_and_its_home() -> None:
    request = signed()
    made = request_arrival_of(bytes_of(request), KEYS, PARTITIONS)
    assert made.request == request
    assert made.identity == identify(request)
    assert made.home == partition_of(request.request_id, PARTITIONS)


def test_an_unsealed_request_arrives_as_nobodys() -> None:
    request = a_request(intake_seal=None)
    made = request_arrival_of(bytes_of(request), KEYS, PARTITIONS)
    assert made.request == request.unauthenticated()
    assert made.identity == identify(request.unauthenticated())


def test_what_is_prepared_is_what_would_be_made_later(arrivals: Arrivals) -> None:
    record = arrived()
    later = arrivals.of(record)
    arrivals.prepare(record)
    assert arrivals.of(record) == later


def test_what_is_prepared_is_made_once_and_kept_until_it_is_asked_for(
    arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = arrived()
    arrivals.prepare(record)
    monkeypatch.setattr(arrival, "decode_request", None)
    arrivals.prepare(record)
    arrivals.of(record)
    with pytest.raises(TypeError):
        arrivals.of(record)


def test_what_cannot_be_read_is_told_when_it_is_asked_for(arrivals: Arrivals) -> None:
    record = Arrived(offset=0, value=b"no request")
    arrivals.prepare(record)
    with pytest.raises(CodecError):
        arrivals.of(record)


def test_a_batch_prepared_ahead_is_decided_like_any_other() -> None:
    one, other = Bench(), Bench()
    records = [arrived(offset, request_id=f"r-{offset}") for offset in range(3)]
    records.append(Arrived(offset=3, value=b"no request"))
    for record in records:
        other.arrivals.prepare(record)
    assert one.commit(one.draft_of(records)).head == other.commit(other.draft_of(records)).head
    assert one.written == other.written
