"""What custodians have proposed and nobody has approved yet."""

from collections.abc import Sequence
from datetime import datetime

from streams.books.entries import Entry, read_key, read_value
from streams.books.index import BooksIndex
from streams.books.plan import Change, Plan, Planner, check_names, entry_of, joined, lawful
from streams.errors import InputError
from streams.ledger.book_change import ChangedEntry, ChangedValue, SignedChange, digest_of, read_change


def proposal_id(index: BooksIndex, text: str) -> str:
    """Return the id of the open proposal that has that id, or is the only one whose id begins so.

    Raises:
        InputError: there is none, or there are several.
    """
    found = [each for each in index.proposals if each.startswith(text)]
    if len(found) != 1:
        several = "several proposals begin" if found else "there is no proposal that begins"
        raise InputError(f"{several} with `{text}`; `alpr-gate books proposals` shows all")
    return found[0]


def whole_id(index: BooksIndex, text: str) -> str:
    """Return the id of the open proposal that has it: of another with the same beginning nobody has read.

    Raises:
        InputError: there is none.
    """
    if text not in index.proposals:
        raise InputError(f"there is no proposal `{text}`; give the whole id, as `books proposals` tells it")
    return text


def planned_approval(proposals: Sequence[str]) -> Planner:
    """Return the planner that carries out the open proposals of these ids, if they still may be."""

    def plan(index: BooksIndex, now: datetime) -> Plan:
        parts = (changes_of(index, index.proposals[each]) for each in proposals)
        whole = lawful(index.books, joined(parts), now)
        check_names(whole, index.books)
        return whole

    return plan


def changes_of(index: BooksIndex, proposal: SignedChange) -> Plan:
    """Return what a proposal would change in the books as they are.

    Raises:
        InputError: it does not come with the values that it names, or one cannot be read.
    """
    entries = read_change(proposal.note).entries
    if len(entries) != len(proposal.values):
        raise InputError("the proposal does not come with the values that it names")
    changes = tuple(map(_change, [index] * len(entries), entries, proposal.values))
    return Plan(changes=changes)


def _change(index: BooksIndex, entry: ChangedEntry, value: ChangedValue) -> Change:
    key = read_key(entry.key.encode())
    # What is looked at here has to be what is signed.
    if digest_of(value.after) != entry.after:
        raise InputError(f"the proposal shows another value of `{key}` than it names")
    after = read_value(key, value.after)
    if not isinstance(after, Entry):
        raise InputError(f"the proposed value of `{key}` cannot be read")
    return Change(key=key, before=entry_of(index.books, key), after=after)
