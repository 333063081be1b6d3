"""The order to destroy the key of a month: a signed note (C2SP signed-note) of each person who orders it.

Its text names the ledger, the month and the reason, a line each after the line that says what it is. One
order is two notes over the same text, by two people with a key each: nobody destroys evidence alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.errors import InputError
from streams.ledger.people import people_among, people_of
from streams.ledger.signed_note import Verifier, read_note, signed_by

TITLE = "alpr-gate ledger shred v1"
SIGNERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ShredOrder:
    """What is ordered: the key of which month of which ledger goes, and why."""

    origin: str
    month: str
    reason: str

    def __str__(self) -> str:
        return f"{TITLE}\n{self.origin}\n{self.month}\n{self.reason}\n"


def shred_order(origin: str, month: str, reason: str) -> ShredOrder:
    """Return the order.

    Raises:
        InputError: the reason is blank, or has more than one line.
    """
    if not reason.strip() or not reason.isprintable():
        raise InputError("expected the reason for shredding, in one line")
    return ShredOrder(origin=origin, month=month, reason=reason)


def read_orders(notes: Sequence[str], signers: Sequence[Verifier]) -> ShredOrder:
    """Return what the notes order, each of which one of the signers has signed.

    Raises:
        InputError: they are not of two people whose keys are known, or do not order the same.
    """
    if len(people_of(signers)) < SIGNERS:
        raise InputError(f"expected the keys of {SIGNERS} people who may order it together")
    read = [read_note(note) for note in notes]
    signed = {signer for note in read for signer in signers if signed_by(note, signer)}
    if people_among(signed, signers) < SIGNERS:
        raise InputError(f"expected the signatures of {SIGNERS} people, got {_told(signed)}")
    if len({note.text for note in read}) != 1:
        raise InputError("the notes do not order the same: month and reason must be equal in all of them")
    title, _, rest = read[0].text.partition("\n")
    lines = rest.rstrip("\n").split("\n")
    if title != TITLE or len(lines) != len(("origin", "month", "reason")):
        raise InputError(f"expected a note that begins with `{TITLE}`")
    origin, month, reason = lines
    return shred_order(origin, month, reason)


def _told(signers: Iterable[Verifier]) -> str:
    return " and ".join(f"`{name}`" for name in sorted(one.name for one in signers)) or "none"
