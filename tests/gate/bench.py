"""A partition's gate without Kafka: drafts are committed in memory, what they write is kept and decoded."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

from streams.chains.note import Note
from streams.chains.state import Head
from streams.codecs.alert import decode_alert
from streams.codecs.answer import decode_answer
from streams.codecs.books_ack import decode_books_ack
from streams.codecs.dead_letter import decode_dead_letter
from streams.codecs.disclosure_note import encode_disclosure_note
from streams.codecs.disclosure_order import decode_disclosure_order
from streams.codecs.keyring import new_keyring
from streams.codecs.ledger_record import read_link
from streams.codecs.release import decode_release
from streams.codecs.request import encode_request
from streams.codecs.review_note import encode_review_note
from streams.codecs.sealed_hold import open_hold_of
from streams.codecs.signing_key import SigningKey, new_signing_key
from streams.codecs.trace_context import Headers
from streams.codecs.vault import Vault
from streams.codecs.withdrawal import encode_withdrawal
from streams.gate.arrival import Arrivals
from streams.gate.context import Context, Keys
from streams.gate.draft import Draft
from streams.gate.marks import Marks
from streams.gate.memory import Memory, Remembered
from streams.gate.open_holds import OpenHolds
from streams.gate.partition_state import PartitionState
from streams.ledger.dead_letter import DeadLetter
from streams.ledger.disclosure_note import DisclosureNote, disclosure_text
from streams.ledger.record import LedgerRecord
from streams.ledger.review_note import ReviewNote, review_text
from streams.ledger.signed_note import SignedNote
from streams.policy.alert import Alert
from streams.policy.answer import Answer
from streams.policy.book_records import BooksAck
from streams.policy.books import Books
from streams.policy.disclosure import Disclosure, DisclosureOrder
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.hold import Hold
from streams.policy.notices import Notice
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.release import Release
from streams.policy.request import SharingRequest
from streams.policy.seal import sign_request
from streams.policy.vocabulary import DecisionId, EntityId
from streams.policy.withdrawal import Withdrawal
from streams.policy.withdrawals import sign_withdrawal
from streams.topics import Topics
from tests.policy.building import NOW, a_request, a_review, in_force, some_books

KEYRING = new_keyring(bytes(range(64)))
VAULT = Vault(lambda month: sha256(month.encode()).digest())
CASTRO = new_signing_key("m.castro", bytes(range(32)))
STRANGER = new_signing_key("m.castro", bytes(32))
OKAFOR = new_signing_key("d.okafor", bytes(range(2, 34)))
KEYS = Keys(
    intake=KEYRING.intake_keys,
    pseudonym=KEYRING.pseudonym_key,
    vault=VAULT,
    origin="test/ledger",
    counsel=(OKAFOR.verifier,),
    reviewers=(CASTRO.verifier, new_signing_key("on-call", bytes(range(1, 33))).verifier),
)
PASADENA = EntityId("pasadena-pd")

Input = SharingRequest | ReviewNote | DisclosureNote | Withdrawal | bytes | None
Row = tuple[bytes | None, bytes | None]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A Kafka record as the transport hands it over."""

    offset: int
    value: bytes | None
    key: bytes | None = None
    timestamp: int = 0
    headers: Headers = ()


def signed(**changes: Any) -> SharingRequest:
    """Return the base request with changes, sealed by an intake."""
    return seal(a_request(**changes))


def seal(request: SharingRequest) -> SharingRequest:
    """Return the request sealed by an intake."""
    key_id = KEYRING.active_intake_key
    return sign_request(request, key_id, KEYRING.intake_keys[key_id])


def incomplete(**changes: Any) -> SharingRequest:
    """Return the base request without its reason, sealed by an intake."""
    return signed(**{"reason_text": "", **changes})


def bytes_of(sent: Input) -> bytes | None:
    """Return what stands on the topic."""
    if isinstance(sent, ReviewNote):
        return encode_review_note(sent)
    if isinstance(sent, DisclosureNote):
        return encode_disclosure_note(sent)
    if isinstance(sent, Withdrawal):
        return encode_withdrawal(sent)
    return encode_request(sent) if isinstance(sent, SharingRequest) else sent


def signed_review(
    held: LedgerRecord, act: str, *codes: str, by: SigningKey = CASTRO, **changes: Any
) -> ReviewNote:
    """Return a review of the hold that a ledger record opened, signed when it was held."""
    fields = {"decision_id": held.decision_id, "at": held.decided_at, **changes}
    review = a_review(reviewer=by.name, act=act, codes=codes, **fields)
    text = review_text(KEYS.origin, review)
    note = SignedNote(text=text, signatures=(by.sign(text),))
    return ReviewNote(request_id=held.request_id or "", note=str(note))


def signed_disclosure(disclosure: Disclosure, by: SigningKey = OKAFOR) -> DisclosureNote:
    """Return the disclosure as it is sent."""
    text = disclosure_text(KEYS.origin, disclosure)
    return DisclosureNote(
        disclosure_id=disclosure.disclosure_id,
        note=str(SignedNote(text=text, signatures=(by.sign(text),))),
    )


def withdrawal_of(hold: Hold, **changes: Any) -> Withdrawal:
    """Return the withdrawal of an open hold by whoever asked, with changes, sealed by an intake."""
    fields = {
        "request_id": hold.request.request_id,
        "decision_id": hold.decision.decision_id,
        "deadline": hold.deadline,
        "authenticated_as": hold.request.authenticated_as,
        **changes,
    }
    key_id = KEYRING.active_intake_key
    return sign_withdrawal(Withdrawal(**fields), key_id, KEYRING.intake_keys[key_id])


class Bench:
    """One partition; `now`, `books` and `missing` may be changed between batches."""

    def __init__(self, partition: int = 0, partitions: int = 1, remembered: int = 1000) -> None:
        self.topics = Topics("", partitions)
        self.state = PartitionState(
            partition=partition, partition_count=partitions, memory=Memory(remembered)
        )
        self.books: Books = some_books()
        self.policy: PolicyInForce = in_force(self.books)
        self.now: datetime = NOW
        self.missing: frozenset[str] = frozenset()
        self.overdue: tuple[EvidenceHold | Notice, ...] = ()
        self.written: defaultdict[tuple[str, int], list[Row]] = defaultdict(list)
        self.headers: defaultdict[tuple[str, int], list[Headers]] = defaultdict(list)
        self.note = ""
        self.remembered = remembered
        self.arrivals = Arrivals(KEYS, partitions)
        self.marks = Marks()

    def new_draft(self) -> Draft:
        """Return a draft of nothing yet."""
        return Draft(self.state, self.context(), self.arrivals)

    def context(self) -> Context:
        """Return what a draft of this moment decides under."""
        return Context(
            worker="worker-1",
            topics=self.topics,
            keys=KEYS,
            books=self.books,
            policy=self.policy,
            revision=self.books.revision,
            now=self.now,
            sealer=VAULT.sealer(self.now, bytes),
            missing=self.missing,
            overdue=self.overdue,
            marks=self.marks,
        )

    def draft(self, *sent: Input) -> Draft:
        """Return a draft of one batch, not committed."""
        offsets = range(self.state.next_source, self.state.next_source + len(sent))
        return self.draft_of(
            Arrived(offset=o, value=bytes_of(one)) for o, one in zip(offsets, sent, strict=True)
        )

    def draft_of(self, records: Iterable[Arrived]) -> Draft:
        """Return a draft of these records, not committed."""
        draft = self.new_draft()
        for record in records:
            draft.take(record)
        draft.finish()
        return draft

    def send(self, *sent: Input) -> Draft:
        """Commit one batch."""
        return self.commit(self.draft(*sent))

    def refuse(self, sent: Input, cause: str = "too large") -> Draft:
        """Commit the refusal of one record, as after a transaction that could not hold it."""
        draft = self.new_draft()
        draft.refuse(Arrived(offset=self.state.next_source, value=bytes_of(sent)), cause)
        draft.finish()
        return self.commit(draft)

    def commit(self, draft: Draft) -> Draft:
        """Keep what the draft writes, and adopt it."""
        for place, rows in draft.outbox.items():
            self.written[place].extend((key, value) for key, value, _ in rows)
            self.headers[place].extend(headers for _, _, headers in rows)
        self.note = draft.metadata
        draft.apply()
        for mark in draft.marks:
            self.marks.put(mark)
        return draft

    def advance(self, moment: datetime) -> None:
        """Let it be that moment."""
        self.now = moment.astimezone(UTC)

    def revise(self, change: Callable[[Books], None]) -> None:
        """Change the books by one revision."""
        self.books = self.books.copy()
        change(self.books)
        self.books.revision += 1

    def rows(self, topic: str) -> list[Row]:
        """Return what was written to the partition of a topic."""
        return self.written.get((topic, self.state.partition), [])

    @property
    def ledger(self) -> list[LedgerRecord]:
        """Return the ledger."""
        return [read_link(value)[0] for _, value in self.rows(self.topics.decisions.name)]

    @property
    def last(self) -> LedgerRecord:
        """Return the latest ledger record."""
        return self.ledger[-1]

    @property
    def answers(self) -> list[Answer]:
        """Return the answers."""
        return self._decoded(self.topics.answers.name, decode_answer)

    @property
    def alerts(self) -> list[Alert]:
        """Return the alerts."""
        return self._decoded(self.topics.alerts.name, decode_alert)

    @property
    def dead_letters(self) -> list[DeadLetter]:
        """Return the dead letters."""
        return self._decoded(self.topics.dead_letters.name, decode_dead_letter)

    @property
    def acks(self) -> list[BooksAck]:
        """Return the acknowledgements of revisions."""
        return [decode_books_ack(value) for _, value in self.written[self.topics.books_acks.name, 0]]

    def releases(self, entity_id: EntityId = PASADENA) -> list[Release]:
        """Return what went to one recipient."""
        return [decode_release(value) for _, value in self.written[self.topics.out(entity_id).name, 0]]

    @property
    def orders(self) -> list[DisclosureOrder]:
        """Return what the records officer is to disclose."""
        rows = self.written.get((self.topics.disclosures.name, 0), [])
        return [decode_disclosure_order(value) for _, value in rows]

    def _decoded(self, topic: str, decode: Callable[[bytes | None], _Value]) -> list[_Value]:
        return [decode(value) for _, value in self.rows(topic)]

    def rebuilt(self) -> PartitionState:
        """Return the state as a new owner of the partition reads it from what was written."""
        state = PartitionState(
            partition=self.state.partition,
            partition_count=self.state.partition_count,
            memory=Memory(self.remembered),
        )
        for record in self.ledger:
            state.replay(record)
        if self.note:
            state.check(Note.read(self.note))
        state.holds = read_holds(self.rows(self.topics.holds.name))
        return state


def kinds(bench: Bench) -> list[tuple[str, str]]:
    """Return kind and verdict of what the ledger holds after its genesis."""
    return [(record.kind.value, record.verdict.value) for record in bench.ledger[1:]]


def read_holds(rows: Iterable[Row]) -> OpenHolds:
    """Return the holds that stand on a compacted topic."""
    latest = {key: value for key, value in rows if key is not None}
    holds = OpenHolds()
    opened = (open_hold_of(value, VAULT) for value in latest.values() if value is not None)
    for hold in sorted(opened, key=lambda hold: hold.opened_at):
        holds.open(hold)
    return holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that can be seen of a state."""

    head: Head
    next_source: int
    bound_revision: int
    outcomes: tuple[tuple[DecisionId, Remembered], ...]
    holds: Mapping[DecisionId, Hold]
    next_deadline: datetime | None


def snapshot(state: PartitionState) -> Snapshot:
    """Return what a state holds, as a value."""
    return Snapshot(
        head=state.head,
        next_source=state.next_source,
        bound_revision=state.bound_revision,
        outcomes=tuple(state.memory._outcomes.items()),
        holds={hold.decision.decision_id: hold for hold in state.holds},
        next_deadline=state.holds.next_deadline(),
    )
