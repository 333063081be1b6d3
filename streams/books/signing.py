"""What a custodian writes: the changes of a plan under a signature, or as proposals for a second person.

A plan of any size is cut into notes of which each fits into one record; an entry that changes twice stands in
two of them. What widens something waits for the second person, and so does all that comes after it in the
same entry. The rest counts at once: whoever has to stop something must not wait for what else is in the file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from streams.books.entries import encode_entry
from streams.books.gains import gains
from streams.books.plan import Change
from streams.books.signed_history import TWO, Refused, SignedHistory
from streams.errors import InputError
from streams.ledger.book_change import (
    BookChange,
    ChangedEntry,
    ChangedValue,
    SignedChange,
    book_change,
    digest_of,
    signers_of,
)
from streams.ledger.people import people_among
from streams.ledger.signed_note import Signature, SignedNote, Signer, note_by, read_note

# Below the limit of a record, with room for the signatures.
NOTE_BYTES = 1 << 20
# A line of the note beside its key: two digests and a number. Of small entries the lines are the larger part.
LINE_BYTES = 2 * 64 + 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A change that one person has signed, and what it is made of."""

    change: BookChange
    signed: SignedChange
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What counts at once, and what waits for a second person because it widens something."""

    at_once: tuple[Draft, ...] = ()
    waiting: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One change of one entry, as it stands in a note."""

    change: Change
    entry: ChangedEntry
    value: ChangedValue


def drafts_of(
    changes: Sequence[Change], history: SignedHistory, key: Signer, reason: str, now: datetime
) -> Drafts:
    """Return the changes as signed notes.

    Raises:
        InputError: the reason is blank or has more than one line, or the key is that of no custodian.
    """
    check_custodian(key, history)
    at_once: list[_Step] = []
    waiting: list[_Step] = []
    wider: set[str] = set()
    for step in _steps(changes, history):
        if gains(step.entry, step.value):
            wider.add(step.entry.key)
        (waiting if step.entry.key in wider else at_once).append(step)

    def drafts(steps: Sequence[_Step]) -> tuple[Draft, ...]:
        noted = ((book_change(history.books, now, reason, [step.entry for step in part]), part)
                 for part in _parts(steps))  # fmt: skip
        return tuple(_draft(change, part, key) for change, part in noted)

    return Drafts(at_once=drafts(at_once), waiting=drafts(waiting))


def _steps(changes: Sequence[Change], history: SignedHistory) -> Iterator[_Step]:
    """Yield each change with its number, on top of the one before it."""
    last: dict[str, tuple[int, str]] = {}
    for change in changes:
        name, value = str(change.key), _value(change)
        number, before = last.get(name, (history.number_of(name), history.value_of(name)))
        last[name] = number + 1, digest_of(value.after)
        entry = ChangedEntry(key=name, number=number + 1, before=before, after=digest_of(value.after))
        yield _Step(change=change, entry=entry, value=value)


def check_custodian(key: Signer, history: SignedHistory) -> None:
    """Refuse the key of somebody who may not change the books.

    Raises:
        InputError: it is one.
    """
    if key.verifier not in history.custodians:
        raise InputError(f"`{key.name}` is no custodian of these books")


def _draft(change: BookChange, part: Sequence[_Step], key: Signer) -> Draft:
    values = tuple(step.value for step in part)
    return Draft(
        change=change,
        signed=SignedChange(note=str(note_by(key, str(change))), values=values),
        changes=tuple(step.change for step in part),
    )


def _parts(steps: Sequence[_Step]) -> Iterator[list[_Step]]:
    """Yield the steps in parts: each entry once in a part, and no part larger than a record."""
    part: list[_Step] = []
    seen: set[str] = set()
    size = 0
    for step in steps:
        name, line = step.entry.key, LINE_BYTES + len(step.entry.key.encode())
        grown = size + line + len(step.value.after) + len(step.value.before or b"")
        if part and (name in seen or grown > NOTE_BYTES):
            yield part
            part, seen, grown = [], set(), grown - size
        part.append(step)
        seen.add(name)
        size = grown
    if part:
        yield part


def _value(change: Change) -> ChangedValue:
    # One that was written under an earlier schema has other bytes; its change then takes a second person.
    before = None if change.before is None else encode_entry(change.before)
    return ChangedValue(before=before, after=encode_entry(change.after))


def countersigned(proposal: SignedChange, key: Signer, history: SignedHistory) -> SignedChange:
    """Return a proposal with a second signature, as the books take it; the history goes on with it.

    Raises:
        InputError: they do not: the second person is the first, or the books have changed meanwhile.
    """
    check_custodian(key, history)
    note = read_note(proposal.note)
    signatures: tuple[Signature, ...] = (*note.signatures, key.sign(note.text))
    # Two people have seen the values; nobody has to see them again to believe them.
    change = SignedChange(note=str(SignedNote(text=note.text, signatures=signatures)))
    if people_among(signers_of(change.note, history.custodians), history.custodians) < TWO:
        raise InputError(f"`{key.name}` cannot approve it: a second custodian has to, and nobody is two")
    taken = history.take(change)
    if isinstance(taken, Refused):
        raise InputError(f"the proposal cannot be approved any more: {taken.why}; propose it again")
    return change
