"""What a custodian writes: the changes of a plan under a signature, or as proposals for a second person.

A file of any size is cut into notes of which each fits into one record; an entry that changes twice stands in
two of them. When one of them widens something, all wait for the second person: a file is taken as a whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from streams.books.entries import encode_entry
from streams.books.plan import Change
from streams.books.signed_history import TWO, Refused, SignedHistory, gains
from streams.codecs.signing_key import SigningKey
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
from streams.ledger.signed_note import Signature, SignedNote, read_note

# Below the limit of a record, with room for the lines of the note.
NOTE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A change that one person has signed, and what its entries gain by it; if anything, a proposal."""

    change: BookChange
    signed: SignedChange
    gained: tuple[str, ...]


def drafts_of(
    changes: Sequence[Change], history: SignedHistory, key: SigningKey, reason: str, now: datetime
) -> tuple[Draft, ...]:
    """Return the changes as signed notes, in their order.

    Raises:
        InputError: the reason is blank or has more than one line, or the key is that of no custodian.
    """
    check_custodian(key, history)
    last: dict[str, tuple[int, str]] = {}
    drafts = []
    for part in _parts(changes):
        entries = []
        for change, value in part:
            name, after = str(change.key), digest_of(value.after)
            number, before = last.get(name, (history.number_of(name), history.value_of(name)))
            entries.append(ChangedEntry(key=name, number=number + 1, before=before, after=after))
            last[name] = number + 1, after
        made = book_change(history.books, now, reason, entries)
        drafts.append(_draft(made, tuple(value for _, value in part), key))
    return tuple(drafts)


def check_custodian(key: SigningKey, history: SignedHistory) -> None:
    """Refuse the key of somebody who may not change the books.

    Raises:
        InputError: it is one.
    """
    if key.verifier not in history.custodians:
        raise InputError(f"`{key.name}` is no custodian of these books")


def _draft(change: BookChange, values: tuple[ChangedValue, ...], key: SigningKey) -> Draft:
    gained = tuple(
        f"{entry.key}: {', '.join(gain)}"
        for entry, value in zip(change.entries, values, strict=True)
        if (gain := gains(entry, value))
    )
    return Draft(
        change=change, signed=SignedChange(note=str(key.note(str(change))), values=values), gained=gained
    )


def _parts(changes: Sequence[Change]) -> Iterator[list[tuple[Change, ChangedValue]]]:
    """Yield the changes with their values: each entry once in a part, and no part larger than a record."""
    part: list[tuple[Change, ChangedValue]] = []
    seen: set[str] = set()
    size = 0
    for change in changes:
        value = _value(change)
        grown = size + len(value.after) + len(value.before or b"")
        if part and (str(change.key) in seen or grown > NOTE_BYTES):
            yield part
            part, seen, grown = [], set(), grown - size
        part.append((change, value))
        seen.add(str(change.key))
        size = grown
    if part:
        yield part


def _value(change: Change) -> ChangedValue:
    # One that was written under an earlier schema has other bytes; its change then takes a second person.
    before = None if change.before is None else encode_entry(change.before)
    return ChangedValue(before=before, after=encode_entry(change.after))


def countersigned(proposal: SignedChange, key: SigningKey, history: SignedHistory) -> SignedChange:
    """Return a proposal with a second signature, as the books take it; the history goes on with it.

    Raises:
        InputError: they do not: the second person is the first, or the books have changed meanwhile.
    """
    note = read_note(proposal.note)
    signatures: tuple[Signature, ...] = (*note.signatures, key.sign(note.text))
    # Two people have seen the values; nobody has to see them again to believe them.
    change = SignedChange(note=str(SignedNote(text=note.text, signatures=signatures)))
    check_custodian(key, history)
    if people_among(signers_of(change.note, history.custodians), history.custodians) < TWO:
        raise InputError(f"`{key.name}` cannot approve it: a second custodian has to, and nobody is two")
    taken = history.take(change)
    if isinstance(taken, Refused):
        raise InputError(f"the proposal cannot be approved any more: {taken.why}; propose it again")
    return change
