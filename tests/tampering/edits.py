"""Edits of one partition of a ledger by seeded dice, each with the first position that must be named.

`Edited.position` is the first position at which the chain by itself, or with the hashes that others noted of
it, is not what it was. A chain that was linked anew is right in itself, so it shows at the first position
that somebody noted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from streams.codecs.ledger_record import encode_ledger_record, seal_record
from streams.ledger.record import NO_HASH, LedgerRecord
from streams.policy.vocabulary import AgreementId, DecisionId, EntityId
from tests.codecs.samples import NOW
from tests.ledger.chains import linked, malformed
from tests.tampering.ledgers import Chain, Ledger, Values


@dataclass(frozen=True, slots=True)
class Edited:
    """The values of the partition after the edit; `hidden` from whoever has no note of the chain."""

    values: Values
    position: int
    hidden: bool = False


# Gets the ledger and the partition to edit.
Edit = Callable[[Ledger, int, Random], Edited]


def changed_byte(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Change a byte of a record."""
    values, at = _values(ledger, partition, dice)
    spoilt = bytearray(values[at] or b"")
    spoilt[dice.randrange(len(spoilt))] ^= dice.randrange(1, 256)
    values[at] = bytes(spoilt)
    return Edited(values, at)


def changed_field(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Change a field of a record, and leave its hash as it was."""
    values, at = _values(ledger, partition, dice)
    values[at] = encode_ledger_record(_lie(ledger.chains[partition][at], dice))
    return Edited(values, at)


def sealed_anew(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Change a field of a record and make its hash anew; the record after it still names the old one."""
    chain = ledger.chains[partition]
    values, at = _values(ledger, partition, dice)
    values[at] = seal_record(replace(_lie(chain[at], dice), hash=NO_HASH))[0]
    is_last = at == len(chain) - 1
    # Somebody may have noted the hash of this very record.
    noted = at in ledger.noted[partition].hashes
    return Edited(values, at if is_last or noted else at + 1, hidden=is_last)


def emptied(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Put a null value in the place of a record."""
    values, at = _values(ledger, partition, dice)
    values[at] = None
    return Edited(values, at)


def dropped(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Drop a record."""
    values, at = _values(ledger, partition, dice)
    del values[at]
    return Edited(values, at, hidden=at == len(values))


def swapped(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Swap two records."""
    values, one = _values(ledger, partition, dice)
    other = dice.choice([place for place in range(len(values)) if place != one])
    values[one], values[other] = values[other], values[one]
    return Edited(values, min(one, other))


def inserted(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Insert a record of this or another partition, a second time."""
    values = ledger.values()
    at = dice.randrange(len(values[partition]) + 1)
    source = dice.choice(values)
    taken = dice.choice(source)
    # Before itself it would stand where it stood, and the second of the two would be the one too many.
    after = at < len(values[partition]) and taken == values[partition][at]
    values[partition].insert(at, taken)
    return Edited(values[partition], at + after)


def truncated(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Cut off the end, or all."""
    values, at = _values(ledger, partition, dice)
    return Edited(values[:at], at, hidden=True)


def old_tail(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Cut off the end, and put records that stood before it in its place."""
    values = ledger.values()[partition]
    at = dice.randrange(1, len(values))
    begin = dice.randrange(at)
    return Edited(values[:at] + values[begin : begin + dice.randrange(1, len(values))], at)


def rebuilt(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Change a record, and link it and all after it anew."""
    chain = ledger.chains[partition]
    at = dice.randrange(1, len(chain))
    return _against_notes(ledger, partition, at, [*chain[:at], _another(chain, at), *chain[at + 1 :]])


def rewritten(ledger: Ledger, partition: int, dice: Random) -> Edited:
    """Write another chain from the first record on, as long as the old one or longer."""
    chain = ledger.chains[partition]
    lies = [malformed((record.source_offset or 0) + 1000 * place) for place, record in enumerate(chain, 1)]
    more = lies[: dice.randrange(len(lies) + 1)]
    others = [_placed(lie, partition) for lie in (*lies[1:], *(_later(lie) for lie in more))]
    genesis = replace(chain[0], books_revision=0)
    return _against_notes(ledger, partition, 0, [genesis, *others])


def exchanged(ledger: Ledger, partition: int, _: Random) -> Edited:
    """Put the chain of another partition in the place of this one."""
    return Edited(ledger.values()[partition - 1], 0)


EDITS: Mapping[str, Edit] = {
    edit.__name__: edit
    for edit in (
        changed_byte, changed_field, sealed_anew, emptied, dropped, swapped, inserted, truncated, old_tail,
        rebuilt, rewritten, exchanged,
    )
}  # fmt: skip


def _values(ledger: Ledger, partition: int, dice: Random) -> tuple[Values, int]:
    values = ledger.values()[partition]
    return values, dice.randrange(len(values))


def _lie(record: LedgerRecord, dice: Random) -> LedgerRecord:
    """Return the record with a field that says something else and breaks no rule by itself."""
    lies: tuple[dict[str, object], ...] = (
        {"decision_id": DecisionId("d-forged")},
        {"request_digest": "f0" * 32},
        {"entity_id": EntityId("fbi")},
        {"agreement_id": AgreementId("forged")},
        {"policy_hash": "f0" * 32},
        {"event_time": NOW.replace(year=2020)},
        {"source_topic": "another"},
    )
    return replace(record, **dice.choice(lies))  # type: ignore[arg-type]  # all are fields of it


def _another(chain: Chain, at: int) -> LedgerRecord:
    return replace(chain[at], policy_hash="f0" * 32)


def _placed(record: LedgerRecord, partition: int) -> LedgerRecord:
    return replace(record, partition=partition, source_partition=partition)


def _later(record: LedgerRecord) -> LedgerRecord:
    return replace(record, source_offset=(record.source_offset or 0) + 1_000_000)


def _against_notes(ledger: Ledger, partition: int, at: int, records: Chain) -> Edited:
    """Return a chain that was linked anew from `at` on; `records` before it are as they were."""
    values: Values = [encode_ledger_record(record) for record in linked(records)]
    first_noted = min(seq for seq in ledger.noted[partition].hashes if seq >= at)
    return Edited(values, first_noted, hidden=True)
