"""Which changes of the books count: with custodians, those that they have signed, each on top of the last.

It keeps the digest of the value that each entry has by the signed changes, and how often it was changed. The
changes are all there for ever, each under a key of its own, so whoever reads the books from the start comes
to the same end as who followed all along, although older values are gone. One that is written again has a
number that was there. Where one was left out the next does not fit, and then the entry is lost until two
people give it a new value: what it was may be just what the missing change took back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from streams.books.entries import BookKey, BookRecord, read_key
from streams.books.gains import check_narrows
from streams.codecs.custodians import read_custodians
from streams.errors import CodecError, InputError
from streams.ledger.book_change import (
    NOTHING,
    BookChange,
    SignedChange,
    digest_of,
    read_change,
    signers_of,
)
from streams.ledger.people import people_among
from streams.ledger.rejection import Rejection, SignedRejection, read_rejection
from streams.ledger.signed_note import Verifier
from streams.settings import Settings

_NOBODY: Mapping[Verifier, int] = MappingProxyType({})
# Whoever widens what may leave needs a second person.
TWO = 2
# So many changes of one entry may be missing before the next one; no limit would let one person use up the
# numbers, and so make an entry one that nobody can change any more.
LEAP = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A change that counts, and the entries to which it gives new values."""

    keys: tuple[BookKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A change that does not count, why, and the entries of which nobody knows the value because of it."""

    why: str
    lost: tuple[BookKey, ...] = ()


class History(Protocol):
    """What the books ask before they take a record."""

    def take(self, change: SignedChange) -> Taken | Refused:
        """Return what a change does."""

    def reject(self, rejection: SignedRejection) -> str | None:
        """Take the change that is rejected for nothing from now on; return why not, or None."""

    def is_rejected(self, change_id: str) -> bool:
        """Tell whether the change was rejected."""

    def has(self, record: BookRecord) -> bool:
        """Tell whether the record is the value that its entry has by now."""

    def root(self) -> str:
        """Return the hex SHA-256 of all values that entries have by now, and of what was rejected."""


class UnsignedHistory:
    """The history of books without custodians: whoever may write to the topic changes them."""

    def take(self, _change: SignedChange) -> Taken | Refused:
        """Return that nothing changes by a note: the records that come with it do."""
        return Taken(keys=())

    def reject(self, _rejection: SignedRejection) -> str | None:
        """Return that it counts: nothing is proposed here that it could keep out."""
        return None

    def is_rejected(self, _change_id: str) -> bool:
        """Tell that nothing was."""
        return False

    def has(self, _record: BookRecord) -> bool:
        """Tell that any record counts."""
        return True

    def root(self) -> str:
        """Return nothing: there is no telling what unsigned books have to hold."""
        return ""


class SignedHistory:
    """The history of the books of that name, which these custodians may change.

    `retired` are those who may no more, each with the number of changes that it was there for: what somebody
    revoked stays revoked when they leave.
    """

    def __init__(
        self, books: str, custodians: Sequence[Verifier], retired: Mapping[Verifier, int] = _NOBODY
    ) -> None:
        self.books = books
        self.custodians = tuple(custodians)
        self.count = 0
        self._retired = retired
        self._values: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._rejected: set[str] = set()
        self._root: str | None = None

    def copy(self) -> "SignedHistory":
        """Return one that can go on without this one."""
        copied = SignedHistory(self.books, self.custodians, self._retired)
        copied._values, copied._numbers = dict(self._values), dict(self._numbers)
        copied._rejected, copied.count = set(self._rejected), self.count
        return copied

    def value_of(self, key: str) -> str:
        """Return the digest of the value that an entry has, NOTHING for none."""
        return self._values.get(key, NOTHING)

    def number_of(self, key: str) -> int:
        """Return how often an entry was changed."""
        return self._numbers.get(key, 0)

    def has(self, record: BookRecord) -> bool:
        """Tell whether the record is the value that its entry has by the signed changes."""
        return record.digest == self._values.get(str(record.key))

    def root(self) -> str:
        """Return the hex SHA-256 of all values that entries have by the signed changes, and of rejections."""
        if self._root is None:
            values = (f"{digest} {key}\n" for key, digest in sorted(self._values.items()))
            rejected = (f"rejected {change_id}\n" for change_id in sorted(self._rejected))
            self._root = digest_of("".join((*values, *rejected)).encode())
        return self._root

    def take(self, change: SignedChange) -> Taken | Refused:
        """Return what a change does, whole or not at all."""
        try:
            read = self._signed(change)
        except InputError as error:
            return Refused(why=str(error))
        keys = tuple(read_key(entry.key.encode()) for entry in read.entries)
        for entry in read.entries:
            ahead = entry.number - self.number_of(entry.key)
            if ahead <= 0:
                return Refused(why=f"`{entry.key}` was changed later than that")
            if ahead > LEAP:
                return Refused(why=f"the change of `{entry.key}` has a number that is far from the last one")
        self._root = None
        # It was signed by who may, so nothing that is older counts any more, whether this one fits or not.
        self._numbers.update((entry.key, entry.number) for entry in read.entries)
        why = self._misfit(read)
        if why is not None:
            for entry in read.entries:
                self._values.pop(entry.key, None)
            return Refused(why=why, lost=keys)
        self._values.update((entry.key, entry.after) for entry in read.entries)
        self.count += 1
        return Taken(keys=keys)

    def _misfit(self, change: BookChange) -> str | None:
        """Return why a change does not give its entries the values that it names, or None."""
        # Who completed it all the same knew better, or it counted before and was written again to change the
        # order: the one is no value to go by, and of the other nobody can tell.
        if change.change_id in self._rejected:
            return "it was rejected before it was written"
        for entry in change.entries:
            if self.value_of(entry.key) != entry.before:
                return f"`{entry.key}` has another value than the change stands on: one before it is missing"
        return None

    def reject(self, rejection: SignedRejection) -> str | None:
        """Take the change that is rejected for nothing from now on; return why not, or None.

        One custodian is enough, also one who has left: who stops something is never one too few.
        """
        try:
            read = self._rejection(rejection)
        except InputError as error:
            return str(error)
        self._rejected.add(read.change_id)
        self._root = None
        return None

    def _rejection(self, rejection: SignedRejection) -> Rejection:
        read = read_rejection(rejection.note)
        if read.books != self.books:
            raise InputError("it is a rejection of other books")
        if not signers_of(rejection.note, (*self.custodians, *self._retired)):
            raise InputError("no custodian has signed the rejection")
        return read

    def is_rejected(self, change_id: str) -> bool:
        """Tell whether the change was rejected."""
        return change_id in self._rejected

    def _signed(self, change: SignedChange) -> BookChange:
        """Return a change of these books that enough custodians have signed.

        Raises:
            InputError: it is none.
        """
        read = read_change(change.note)
        if read.books != self.books:
            raise InputError("it is a change of other books")
        still = (one for one, count in self._retired.items() if self.count < count)
        custodians = (*self.custodians, *still)
        people = people_among(signers_of(change.note, custodians), custodians)
        if not people:
            raise InputError("no custodian has signed it")
        for entry in read.entries:
            _check_key(entry.key)
        if people < TWO:
            check_narrows(read.entries, change.values)
        return read


def _check_key(text: str) -> None:
    try:
        key = read_key(text.encode())
    except CodecError as error:
        raise InputError(f"`{text}` is no key of the books") from error
    if not key.kind.is_entry:
        raise InputError(f"`{text}` is no entry of the books")


def history_of(settings: Settings) -> History:
    """Return the history that the settings ask for: signed, unless they say in words that it is not.

    Raises:
        InputError: there are no custodians, or their file cannot be read.
    """
    if settings.custodians is not None:
        custodians, retired = read_custodians(settings.custodians)
        return SignedHistory(settings.ledger_origin, custodians, retired)
    if settings.unsigned_books:
        return UnsignedHistory()
    raise InputError(
        "no custodians: name the file with the verifier keys of two in ALPR_GATE_CUSTODIANS (make each with "
        "`alpr-gate ledger key FILE --name NAME`), or set ALPR_GATE_UNSIGNED_BOOKS=1 to let whoever can "
        "write to the books change them"
    )
