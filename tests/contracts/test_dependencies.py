"""The private parts of our dependencies that the transport stands on, and the versions that have them.

When one of these fails after an upgrade, read streams/kafka/transport.py against the new version before the
pin moves: each of them is a way to lose a record.
"""

import inspect
from importlib.metadata import version

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.consumer.fetcher import Fetcher, FetchResult
from aiokafka.consumer.subscription_state import SubscriptionState, TopicPartitionState
from aiokafka.producer import sender
from faust import Topic
from faust.tables.recovery import Recovery
from faust.transport import consumer as faust_consumer
from faust.transport.drivers import aiokafka as driver

from streams.kafka.producer import ASK_AGAIN_SECONDS


@pytest.mark.parametrize(
    ("distribution", "pinned"),
    [("faust-streaming", "0.15.3"), ("mode-streaming", "0.7.1"), ("aiokafka", "0.14.0")],
)
def test_the_pinned_versions_are_installed(distribution: str, pinned: str) -> None:
    assert version(distribution) == pinned


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (driver.AIOKafkaConsumerThread, "_create_worker_consumer"),
        (driver.AIOKafkaConsumerThread, "_ensure_consumer"),
        (driver.AIOKafkaConsumerThread, "call_thread"),
        (driver.Consumer, "_new_consumer_thread"),
        (faust_consumer.Consumer, "_drain_messages"),
        (faust_consumer.Consumer, "_get_active_partitions"),
        (faust_consumer.Consumer, "_to_message"),
        (faust_consumer.Consumer, "on_partitions_revoked"),
        (faust_consumer.Consumer, "perform_seek"),
        (faust_consumer.Consumer, "wait_first"),
        (Topic, "_compile_decode"),
        (Topic, "_create_event"),
        (Fetcher, "_create_fetch_waiter"),
        (Fetcher, "fetched_records"),
        (SubscriptionState, "fetch_context"),
        (SubscriptionState, "reassignment_in_progress"),
        (TopicPartitionState, "has_valid_position"),
        (TopicPartitionState, "position"),
        (AIOKafkaProducer, "create_batch"),
        (AIOKafkaProducer, "send_batch"),
    ],
)
def test_a_part_that_we_call_or_override_is_there(owner: type, name: str) -> None:
    assert hasattr(owner, name)


def source_of(part: object) -> str:
    return inspect.getsource(part)  # type: ignore[arg-type]  # anything with source


def test_the_isolation_level_and_the_fetch_wait_are_read_when_the_consumer_starts() -> None:
    started = source_of(AIOKafkaConsumer.start)

    assert "isolation_level=self._isolation_level" in started
    assert "fetch_max_wait_ms=self._fetch_max_wait_ms" in started


def test_faust_offers_no_setting_for_either() -> None:
    created = source_of(driver.AIOKafkaConsumerThread._create_worker_consumer)

    assert "fetch_max_wait_ms=1500" in created
    assert 'isolation_level: str = "read_uncommitted"' in created


def test_a_transaction_that_follows_another_asks_again_after_the_constant_that_we_set() -> None:
    handled = source_of(sender.AddPartitionsToTxnHandler.handle_response)

    assert "if not txn_manager.txn_partitions:\n                        return BACKOFF_OVERRIDE" in handled
    assert sender.BACKOFF_OVERRIDE == ASK_AGAIN_SECONDS


def test_fetched_records_waits_only_for_a_reassignment_when_the_timeout_is_zero() -> None:
    lines = [line.strip() for line in source_of(Fetcher.fetched_records).splitlines() if "await" in line]

    assert lines == [
        "await self._subscriptions.wait_for_assignment()",
        "done, pending = await asyncio.wait([waiter], timeout=timeout)",
    ]
    assert "if drained or not timeout:" in source_of(Fetcher.fetched_records)


def test_a_fetch_moves_the_position_as_it_hands_out_records() -> None:
    assert "self._update_position()" in source_of(FetchResult.getall)


def test_a_fetch_that_cannot_be_unpacked_stays_until_it_is_taken_out() -> None:
    fetched = source_of(Fetcher.fetched_records)

    assert "records = res_or_error.getall(max_records)" in fetched
    assert "del self._records[tp]" in fetched
    assert "self._notify(self._wait_consume_future)" in fetched


def test_an_empty_set_of_partitions_means_all_of_them_to_aiokafka() -> None:
    assert "if partitions and tp not in partitions:" in source_of(Fetcher.fetched_records)


def test_faust_seeks_once_after_each_rebalance_and_within_the_request_timeout() -> None:
    resumed = source_of(Recovery._resume_streams)

    assert resumed.count("consumer.perform_seek(), timeout=self.app.conf.broker_request_timeout") == 1


def test_a_producer_that_has_started_has_fenced() -> None:
    from aiokafka.producer.sender import Sender  # noqa: PLC0415  # private, so named where it is looked at

    assert "await self._maybe_wait_for_pid()" in source_of(Sender.start)
    assert "await self._sender.start()" in source_of(AIOKafkaProducer.start)
