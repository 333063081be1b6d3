"""How the books are changed: plan on what they are, write all of it or nothing.

`streams.books.plan` says what changes, or refuses. Where changes are signed, what of a plan widens what may
leave is written as proposals, and carried out when a second custodian approves them.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from streams.books.desk import Desk, open_desk
from streams.books.entries import BookKey, EntryKind, encode_entry
from streams.books.index import BooksIndex
from streams.books.plan import Change, Plan, Planner, books_after, recipients_of
from streams.books.proposals import planned_approval, proposal_id, whole_id
from streams.books.signed_history import History, SignedHistory
from streams.books.signing import Draft, Drafts, check_custodian, countersigned, drafts_of
from streams.clock import Clock
from streams.codecs.signed_change import encode_signed_change
from streams.errors import InputError
from streams.kafka.admin import ensure_topics
from streams.ledger.book_change import ChangedValue, SignedChange, read_change
from streams.ledger.rejection import rejection
from streams.ledger.signed_note import Signer, note_by
from streams.policy.book_records import BookEvent
from streams.policy.books import Books
from streams.settings import Settings
from streams.topics import Topics

# Ids of events are derived, so that the same change of the same books is the same event.
EVENTS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:alpr-gate:book-event")
NOTHING_PLANNED = Plan()
# What the books get under a key; None takes it away.
Put = tuple[str, bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who changes the books, and why; both stand in every event. `key` signs where the books ask for it."""

    by: str
    reason: str
    key: Signer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was changed, the revision that it has, and the books after it.

    What is `proposed` is not changed yet: the `proposals` of these ids wait for a second custodian.
    """

    plan: Plan
    revision: int
    books: Books
    proposed: Plan = NOTHING_PLANNED
    proposals: tuple[str, ...] = ()


async def change_books(settings: Settings, clock: Clock, planner: Planner, author: Author) -> Outcome:
    """Carry out what the planner makes of the books as they are, and propose what of it widens.

    Raises:
        InputError: the plan cannot be carried out, or not by this author; nothing was written.
        FencedError: another custodian came in between.
        UnavailableError: the broker is not there, or does not answer in time.
    """
    async with open_desk(settings) as desk:
        now = clock.now()
        plan = planner(desk.index, now)
        drafts = _drafts(desk.index.history, plan, author, now)
        # The proposals first, for the last of what is written is the revision, and a proposal is none.
        puts = list(map(_proposal, drafts.waiting))
        for draft in drafts.at_once:
            puts.extend(_signed_puts(draft.signed, draft.signed.values))
        made = replace(plan, changes=_changes(drafts.at_once)) if puts else plan
        outcome = await _carry_out(
            settings, desk, made, _events(puts or _puts(plan), desk.index, author, now)
        )
    return replace(
        outcome,
        proposed=Plan(changes=_changes(drafts.waiting)),
        proposals=tuple(draft.change.change_id for draft in drafts.waiting),
    )


def _changes(drafts: Iterable[Draft]) -> tuple[Change, ...]:
    return tuple(change for draft in drafts for change in draft.changes)


async def approve(settings: Settings, clock: Clock, proposals: Sequence[str], author: Author) -> Outcome:
    """Carry out what another custodian has proposed, all of it or none.

    Raises:
        InputError: there is no such proposal, it cannot be approved any more, or not by this author.
        UnlawfulChangeError: it would breach the floor on the books as they are now.
        FencedError: another custodian came in between.
        UnavailableError: the broker is not there, or does not answer in time.
    """
    async with open_desk(settings) as desk:
        now, index = clock.now(), desk.index
        history, key = _signing(index.history, author)
        ids = tuple(whole_id(index, each) for each in proposals)
        plan = planned_approval(ids)(index, now)
        # First, for the last of what is written is the revision, and a proposal is none.
        trial, puts = history.copy(), [_closed(each) for each in ids]
        for proposal in (index.proposals[each] for each in ids):
            puts.extend(_signed_puts(countersigned(proposal, key, trial), proposal.values))
        return await _carry_out(settings, desk, plan, _events(puts, index, author, now))


async def reject(settings: Settings, clock: Clock, proposal: str, author: Author) -> None:
    """Take a proposal away for good, on the signed word of one custodian. Its proposer may do so too.

    Whoever signs it later, around these tools, completes nothing.

    Raises:
        InputError: there is no such proposal, the author is no custodian, or the reason has several lines.
        FencedError: another custodian came in between.
        UnavailableError: the broker is not there, or does not answer in time.
    """
    async with open_desk(settings) as desk:
        history, key = _signing(desk.index.history, author)
        found = proposal_id(desk.index, proposal)
        check_custodian(key, history)
        now = clock.now()
        said = str(note_by(key, str(rejection(history.books, now, author.reason, found))))
        await desk.write(_events([_closed(found), _rejected(found, said)], desk.index, author, now))


def _drafts(history: History, plan: Plan, author: Author, now: datetime) -> Drafts:
    """Return the signed changes of a plan; none where changes are not signed, or nothing changes."""
    if author.key is None and not isinstance(history, SignedHistory):
        return Drafts()
    signed, key = _signing(history, author)
    return drafts_of(plan.changes, signed, key, author.reason, now)


def _signing(history: History, author: Author) -> tuple[SignedHistory, Signer]:
    if not isinstance(history, SignedHistory):
        raise InputError(
            "these books take changes without signatures; name those who may sign in ALPR_GATE_CUSTODIANS"
        )
    if author.key is None:
        raise InputError("these books take signed changes alone; give --key FILE with your signing key")
    return history, author.key


async def _carry_out(settings: Settings, desk: Desk, plan: Plan, events: Sequence[BookEvent]) -> Outcome:
    revision = desk.index.revision
    if events:
        # Before the write: a gate that reads the agreement may forward under it in the same moment.
        await _ensure_recipients(settings, plan)
        written = await desk.write(events)
        revision = written if plan.changes else revision
    return Outcome(plan=plan, revision=revision, books=books_after(desk.index.books, plan))


async def _ensure_recipients(settings: Settings, plan: Plan) -> None:
    """Make the topic of each recipient; one whose topic is missing would have its requests held."""
    topics = Topics.of(settings)
    specs = tuple(topics.out(entity_id) for entity_id in sorted(recipients_of(plan)))
    if specs:
        await ensure_topics(settings.bootstrap_servers, specs, settings.replication_factor)


def _puts(plan: Plan) -> list[Put]:
    return [(str(change.key), encode_entry(change.after)) for change in plan.changes]


def _signed_puts(change: SignedChange, values: Sequence[ChangedValue]) -> Iterator[Put]:
    """Yield a change and then the values that it announces, each of which counts only behind it."""
    read = read_change(change.note)
    yield str(BookKey(kind=EntryKind.CHANGE, name=read.change_id)), encode_signed_change(change)
    for entry, value in zip(read.entries, values, strict=True):
        yield entry.key, value.after


def _proposal(draft: Draft) -> Put:
    key = BookKey(kind=EntryKind.PROPOSAL, name=draft.change.change_id)
    return str(key), encode_signed_change(draft.signed)


def _closed(proposal: str) -> Put:
    return str(BookKey(kind=EntryKind.PROPOSAL, name=proposal)), None


def _rejected(proposal: str, note: str) -> Put:
    key = BookKey(kind=EntryKind.REJECTION, name=proposal)
    return str(key), encode_signed_change(SignedChange(note=note))


def _events(puts: Iterable[Put], index: BooksIndex, author: Author, now: datetime) -> list[BookEvent]:
    return [_event(key, value, index.revision, author, now) for key, value in puts]


def _event(key: str, value: bytes | None, revision: int, author: Author, now: datetime) -> BookEvent:
    """Return the event of a change; its id follows from the books it changes and what it makes of them."""
    seed = f"{revision}:{key}:{hashlib.sha256(value or b'').hexdigest()}"
    return BookEvent(
        event_id=str(uuid.uuid5(EVENTS, seed)),
        key=key,
        value=value,
        by=author.by,
        at=now,
        reason=author.reason,
    )
