"""Honest ledgers of several partitions by seeded dice, with what others noted of them."""

from dataclasses import dataclass, replace
from random import Random

from streams.codecs.ledger_record import encode_ledger_record
from streams.ledger.merkle import Tree, leaf_hash
from streams.ledger.record import LedgerRecord
from tests.ledger.chains import GENESIS, block, expiry, forward, hold, linked, malformed, repeat, resolution

LEDGER = "gate.example.org/ledger"
Chain = list[LedgerRecord]
Values = list[bytes | None]


@dataclass(frozen=True, slots=True)
class Noted:
    """What others know of one partition: hashes by seq from offsets, roots by size from checkpoints.

    The last of both are of the whole chain, as when the notary and the gate have just been there.
    """

    hashes: dict[int, bytes]
    roots: dict[int, bytes]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Chains, their values on the topic and what was noted, by partition."""

    chains: tuple[Chain, ...]
    noted: tuple[Noted, ...]

    def values(self) -> list[Values]:
        """Return new lists of what stands on the topic, to spoil."""
        return [[encode_ledger_record(record) for record in chain] for chain in self.chains]


def honest_ledger(dice: Random) -> Ledger:
    """Return a ledger of two to four partitions, some long and some hardly begun."""
    partitions = dice.randrange(2, 5)
    chains = tuple(_honest_chain(dice, number, partitions) for number in range(partitions))
    return Ledger(chains, tuple(_noted(dice, chain) for chain in chains))


def _honest_chain(dice: Random, partition: int, partitions: int) -> Chain:
    records, held, decided, offset = (
        [replace(GENESIS, partition_count=partitions)],
        list[int](),
        list[int](),
        0,
    )
    for _ in range(dice.randrange(1, 16)):
        offset += dice.randrange(1, 4)
        match dice.randrange(7):
            case 0 if decided:
                records.append(repeat(offset, dice.choice(decided)))
            case 1 if held:
                records.append(resolution(offset, held.pop()))
            case 2 if held:
                records.append(expiry(held.pop(0)))
            case 3:
                records.append(malformed(offset))
            case kind:
                records.append((forward, block, hold)[kind % 3](offset))
                decided.append(offset)
                held += [offset] if kind % 3 == 2 else []
    return linked(replace(record, partition=partition, source_partition=partition) for record in records)


def _noted(dice: Random, chain: Chain) -> Noted:
    tree = Tree(leaf_hash(encode_ledger_record(record)) for record in chain)
    sizes = {tree.size, *dice.sample(range(1, tree.size + 1), min(2, tree.size))}
    return Noted(
        hashes={size - 1: chain[size - 1].hash for size in sizes},
        roots={size: tree.root(size) for size in sizes},
    )
