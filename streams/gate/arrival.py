"""What a record says by itself, whatever the books hold and whatever was decided before it.

That is a quarter of the work on a request, and it can be done while the transaction before it is on its way
to the brokers, when the processor would only wait.
"""

from dataclasses import dataclass

from streams.codecs.disclosure_note import decode_disclosure_note, is_disclosure_note
from streams.codecs.request import decode_request
from streams.codecs.review_note import decode_review_note, is_review_note
from streams.codecs.withdrawal import decode_withdrawal, is_withdrawal
from streams.errors import CodecError, InputError
from streams.gate.context import Keys
from streams.kafka.batch import Record
from streams.kafka.partitioner import partition_of
from streams.ledger.disclosure_note import DisclosureNote, disclosure_digest, read_disclosure
from streams.ledger.review_note import ReviewNote, read_review, review_digest
from streams.policy.digest import Identity, canonical_of, identify
from streams.policy.disclosure import Disclosure
from streams.policy.making import maker_of
from streams.policy.request import SharingRequest
from streams.policy.review import Review
from streams.policy.seal import seal_holds
from streams.policy.vocabulary import RequestId
from streams.policy.withdrawal import Withdrawal
from streams.policy.withdrawals import withdrawal_digest, withdrawal_seal_holds


@dataclass(frozen=True, slots=True)
class Arrival:
    """The request as its seal proves it, its identity, and the partition where its id belongs.

    The partition goes by the id that the seal covers and not by the Kafka key, which a sender could choose
    to evade the partition's memory.
    """

    request: SharingRequest
    identity: Identity
    home: int

    @property
    def request_id(self) -> RequestId:
        """Return the id that says where it belongs."""
        return self.request.request_id


_make_arrival = maker_of(Arrival)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewArrival:
    """A review that came in: what it says, or what `objection` there is to it before anybody looks further.

    `review` is None exactly when `objection` is given. `home` is where the held request's id belongs: a
    review with the id of another finds no hold there.
    """

    note: ReviewNote
    review: Review | None
    objection: str
    digest: str
    home: int

    @property
    def request_id(self) -> RequestId:
        """Return the id that says where it belongs."""
        return RequestId(self.note.request_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureArrival:
    """A disclosure that came in: what it says, or what `objection` there is to it before anybody judges it.

    `disclosure` is None exactly when `objection` is given. `home` goes by the id that it was sent under, and
    one that names another id in what was signed is an objection: so a signed note has one home.
    """

    note: DisclosureNote
    disclosure: Disclosure | None
    objection: str
    digest: str
    home: int

    @property
    def request_id(self) -> RequestId:
        """Return the id that says where it belongs."""
        return RequestId(self.note.disclosure_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalArrival:
    """A withdrawal that came in, and whether an intake vouches for who withdraws."""

    withdrawal: Withdrawal
    is_sealed: bool
    digest: str
    home: int

    @property
    def request_id(self) -> RequestId:
        """Return the id that says where it belongs."""
        return self.withdrawal.request_id


AnyArrival = Arrival | ReviewArrival | DisclosureArrival | WithdrawalArrival


def arrival_of(value: bytes | None, keys: Keys, partitions: int) -> AnyArrival:
    """Return what the bytes say.

    Raises:
        CodecError: they are no request, no review, no disclosure and no withdrawal.
    """
    if is_review_note(value):
        return review_arrival_of(value, keys, partitions)
    if is_disclosure_note(value):
        return disclosure_arrival_of(value, keys, partitions)
    if is_withdrawal(value):
        return withdrawal_arrival_of(value, keys, partitions)
    return request_arrival_of(value, keys, partitions)


def review_arrival_of(value: bytes | None, keys: Keys, partitions: int) -> ReviewArrival:
    """Return what the bytes of a review say; one without a reviewer's signature says nothing.

    Raises:
        CodecError: they are no review.
    """
    note = decode_review_note(value)
    review, objection = None, ""
    try:
        review = read_review(note.note, keys.origin, keys.reviewers)
    except InputError as error:
        objection = str(error)
    return ReviewArrival(
        note=note,
        review=review,
        objection=objection,
        digest=review_digest(note),
        home=partition_of(note.request_id, partitions),
    )


def disclosure_arrival_of(value: bytes | None, keys: Keys, partitions: int) -> DisclosureArrival:
    """Return what the bytes of a disclosure say; one without a signature of counsel says nothing.

    Raises:
        CodecError: they are no disclosure.
    """
    note = decode_disclosure_note(value)
    disclosure, objection = None, ""
    try:
        disclosure = read_disclosure(note, keys.origin, keys.counsel)
    except InputError as error:
        objection = str(error)
    return DisclosureArrival(
        note=note,
        disclosure=disclosure,
        objection=objection,
        digest=disclosure_digest(note),
        home=partition_of(note.disclosure_id, partitions),
    )


def withdrawal_arrival_of(value: bytes | None, keys: Keys, partitions: int) -> WithdrawalArrival:
    """Return what the bytes of a withdrawal say.

    Raises:
        CodecError: they are no withdrawal.
    """
    withdrawal = decode_withdrawal(value)
    return WithdrawalArrival(
        withdrawal=withdrawal,
        is_sealed=withdrawal_seal_holds(withdrawal, keys.intake),
        digest=withdrawal_digest(withdrawal),
        home=partition_of(withdrawal.request_id, partitions),
    )


def request_arrival_of(value: bytes | None, keys: Keys, partitions: int) -> Arrival:
    """Return what the bytes of a request say; without a seal that holds, nobody vouches for the sender.

    Raises:
        CodecError: they are no request.
    """
    request = decode_request(value)
    # Seal and identity are over the same content, so it is written once.
    content = canonical_of(request)
    if seal_holds(request, keys.intake, content):
        identity = identify(request, content)
    else:
        request = request.unauthenticated()
        identity = identify(request)
    return _make_arrival(request, identity, partition_of(request.request_id, partitions))


class Arrivals:
    """The arrivals of one partition, each made when it is asked for, or before.

    What is made before is kept by offset until it is asked for; a log has one record at an offset for ever.
    """

    def __init__(self, keys: Keys, partitions: int) -> None:
        self._keys = keys
        self._partitions = partitions
        self._made: dict[int, AnyArrival] = {}

    def prepare(self, record: Record) -> None:
        """Make the arrival before it is asked for; what cannot be read is told only when it is."""
        if record.offset not in self._made:
            try:
                self._made[record.offset] = arrival_of(record.value, self._keys, self._partitions)
            except CodecError:
                return

    def of(self, record: Record) -> AnyArrival:
        """Return the arrival.

        Raises:
            CodecError: the record is no request, no review, no disclosure and no withdrawal.
        """
        made = self._made.pop(record.offset, None)
        return arrival_of(record.value, self._keys, self._partitions) if made is None else made
