"""What aiokafka raises, sorted by what a writer must do about it.

Poison is the fault of a record: abort, and try with fewer. Fenced means that the partition is somebody
else's: end at once and write nothing more. All else is the broker's: end, and let a restart replay. The
messages name the error's type alone, since the client's own texts may quote what was sent.
"""

import gzip
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import cramjam
from aiokafka import errors as kafka

from streams.errors import FencedError, GateError, UnavailableError


class PoisonError(GateError):
    """The broker refuses what a transaction holds, and would refuse it again: split it."""


# What another try with the same bytes would meet again.
POISON = (
    kafka.MessageSizeTooLargeError,
    kafka.RecordTooLargeError,
    kafka.RecordListTooLargeError,
    kafka.InvalidTopicError,
    kafka.UnknownTopicOrPartitionError,
    kafka.TopicAuthorizationFailedError,
    kafka.CorruptRecordException,
    kafka.UnsupportedForMessageFormatError,
    kafka.InvalidTimestampError,
    kafka.UnsupportedCodecError,
    kafka.PolicyViolationError,
)
# A transient fault of metadata or rights, if it is about a topic of the gate itself and not a recipient's.
ABOUT_TOPICS = (
    kafka.InvalidTopicError,
    kafka.UnknownTopicOrPartitionError,
    kafka.TopicAuthorizationFailedError,
)
# An out-of-order sequence means that this producer's state is not the broker's any more: as good as fenced.
FENCED = (
    kafka.ProducerFenced,
    kafka.InvalidProducerEpoch,
    kafka.InvalidProducerIdMapping,
    kafka.TransactionCoordinatorFenced,
    kafka.OutOfOrderSequenceNumber,
    kafka.UnknownProducerId,
    kafka.InvalidTxnState,
)
# What checksums, codecs and the reader of records raise about a batch; their texts show bytes of it.
UNREADABLE = (
    kafka.CorruptRecordException, kafka.UnsupportedCodecError, NotImplementedError, EOFError, ValueError,
    cramjam.DecompressionError, gzip.BadGzipFile, zlib.error, struct.error,
)  # fmt: skip


@contextmanager
def reaching(servers: str) -> Iterator[None]:
    """Say where no broker answers, and what to do about it.

    Raises:
        UnavailableError: in place of the client's error for a broker that is not there.
    """
    try:
        yield
    except kafka.KafkaConnectionError as error:
        raise UnavailableError(
            f"no Kafka answers at `{servers}`; start one with `alpr-gate broker start`, or set "
            "KAFKA_BOOTSTRAP_SERVERS"
        ) from error


@contextmanager
def sorted_faults(doing: str) -> Iterator[None]:
    """Turn an error of the client into `PoisonError`, `FencedError` or `UnavailableError`.

    `doing` completes the sentence "could not …" and names no content of any record. Errors that are already
    ours pass through.

    Raises:
        PoisonError: the broker refuses the content.
        FencedError: another producer has started with the same `transactional.id` (KIP-98), or the broker
            does not know this one's state any more.
        UnavailableError: anything else of the client, of the network, or a time-out.
    """
    try:
        yield
    except POISON as error:
        raise PoisonError(f"could not {doing}: {type(error).__name__}") from error
    except FENCED as error:
        raise FencedError(f"could not {doing}, another worker owns it now: {type(error).__name__}") from error
    # After the two above, which are subclasses of what is caught here.
    except (kafka.KafkaError, kafka.IllegalOperation, TimeoutError, ConnectionError) as error:
        raise UnavailableError(
            f"could not {doing}, check the broker and start again: {type(error).__name__}"
        ) from error
