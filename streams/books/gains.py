"""What the entries of a signed change gain by it, as far as the values show that come with it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from streams.books.entries import BookKey, Entry, read_key, read_value
from streams.errors import InputError
from streams.ledger.book_change import ChangedEntry, ChangedValue, digest_of
from streams.policy.agency_policy import AgencyPolicy
from streams.policy.agreement import Agreement
from streams.policy.closure import Closure
from streams.policy.entity import Entity
from streams.policy.evidence_hold import EvidenceHold
from streams.policy.processor import Processor
from streams.policy.user import User
from streams.policy.widening import (
    EVERYTHING,
    agreement_gains,
    entity_gains,
    hold_gains,
    policy_gains,
    processor_gains,
    user_gains,
)


def check_narrows(entries: Sequence[ChangedEntry], values: Sequence[ChangedValue]) -> None:
    """Refuse a change of one person that does not show that it only narrows.

    Raises:
        InputError: it is one.
    """
    if len(entries) != len(values):
        raise InputError("one person has signed it, and it does not show all that it changes")
    for entry, value in zip(entries, values, strict=True):
        gained = gains(entry, value)
        if gained:
            raise InputError(f"`{entry.key}` is widened ({', '.join(gained)}): a second custodian must sign")


def gains(entry: ChangedEntry, value: ChangedValue) -> tuple[str, ...]:
    """Return what an entry gains by the change, as far as its values show.

    Raises:
        InputError: they are not those that the entry names, or the new one cannot be read.
    """
    key = read_key(entry.key.encode())
    if digest_of(value.after) != entry.after:
        raise InputError(f"`{entry.key}` comes with another value than its change names")
    after = _decoded(key, value.after)
    if after is None:
        raise InputError(f"the new value of `{entry.key}` cannot be read")
    shown = value.before is not None and digest_of(value.before) == entry.before
    return _gains(_decoded(key, value.before) if shown else None, after)


def _decoded(key: BookKey, value: bytes | None) -> Entry | None:
    read = read_value(key, value)
    return read if isinstance(read, Entry) else None


def _gains(before: Entry | None, after: Entry) -> tuple[str, ...]:
    if before is not None and type(before) is not type(after):
        return (EVERYTHING,)
    return _GAINS[type(after)](before, after)


def _nothing(_before: Closure | None, _after: Closure) -> tuple[str, ...]:
    """Return what a closure gains: it lets nothing through, whatever it says."""
    return ()


_GAINS: Mapping[type[Entry], Callable[[Any, Any], tuple[str, ...]]] = {
    Agreement: agreement_gains,
    Entity: entity_gains,
    AgencyPolicy: policy_gains,
    EvidenceHold: hold_gains,
    Closure: _nothing,
    User: user_gains,
    Processor: processor_gains,
}
