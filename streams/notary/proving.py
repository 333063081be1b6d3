"""Proofs from the ledger and its checkpoints: of one decision, and of each checkpoint that somebody kept."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiokafka.structs import TopicPartition

from streams.codecs.ledger_record import decode_ledger_record
from streams.errors import CodecError, InputError
from streams.kafka.reader import PartitionReader
from streams.ledger.checkpoint import origin_of
from streams.ledger.merkle import Tree, leaf_hash
from streams.ledger.proof import Proof
from streams.ledger.signed_note import Verifier, signed_by
from streams.notary.published import Published, published, read_published
from streams.settings import Settings
from streams.topics import Topics


async def prove(settings: Settings, decision_id: str, verifier: Verifier) -> Proof:
    """Return the proof of the first record with that id, under the newest checkpoint of its partition.

    Raises:
        InputError: there is no such decision, or no checkpoint that covers it yet.
        LedgerError: a checkpoint was changed after it was signed.
        UnavailableError: no broker answers.
    """
    known = await published(settings, verifier)
    async with PartitionReader(settings) as reader:
        for partition in range(settings.partitions):
            values = await _values(reader, settings, partition)
            index = _place_of(decision_id, values)
            if index is not None:
                newest = _newest(known, origin_of(settings.ledger_origin, partition), index, len(values))
                size = newest.checkpoint.size
                path = Tree(map(leaf_hash, values[:size])).inclusion_path(index, size)
                return Proof(value=values[index], index=index, path=path, checkpoint=newest.note)
    raise InputError(f"there is no decision `{decision_id}` in the ledger")


def _newest(known: Iterable[Published], origin: str, index: int, records: int) -> Published:
    """Return the largest checkpoint that covers the place and that the ledger still reaches."""
    sizes = {one.checkpoint.size: one for one in known if one.checkpoint.origin == origin}
    fitting = [size for size in sizes if index < size <= records]
    if not fitting:
        raise InputError("no checkpoint covers the decision yet: run `alpr-gate ledger sign`")
    return sizes[max(fitting)]


def _place_of(decision_id: str, values: Sequence[bytes]) -> int | None:
    for index, value in enumerate(values):
        # Text first: most records are not it, and decoding each would take minutes for a long ledger.
        if decision_id.encode() in value and _id_of(value) == decision_id:
            return index
    return None


def _id_of(value: bytes) -> str | None:
    try:
        return decode_ledger_record(value).decision_id
    except CodecError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trees:
    """How many signed checkpoints the ledger was compared with, and one sentence for each that differs."""

    checkpoints: int
    problems: tuple[str, ...]

    def as_plain(self) -> dict[str, object]:
        """Return it as plain data."""
        return {"checkpoints": self.checkpoints, "problems": list(self.problems)}


async def check_trees(
    settings: Settings,
    verifier: Verifier,
    files: Iterable[tuple[Path, str]],
    witnesses: Sequence[Verifier] = (),
) -> Trees:
    """Compare the ledger with every checkpoint that was published, and with those in files.

    The newest of each partition must be cosigned by every witness: one that is not could be of a ledger that
    was written anew and signed again.

    Raises:
        InputError: a file is no checkpoint, or none that the key signed; or there are no checkpoints at all.
        LedgerError: a checkpoint was changed after it was signed.
        UnavailableError: no broker answers.
    """
    kept = [_from_file(path, text, verifier) for path, text in files]
    kept += await published(settings, verifier)
    if not kept:
        raise InputError(f"`{verifier.name}` has signed nothing here yet: run `alpr-gate ledger sign`")
    wanted: dict[str, dict[int, set[bytes]]] = {}
    for one in kept:
        sizes = wanted.setdefault(one.checkpoint.origin, {})
        sizes.setdefault(one.checkpoint.size, set()).add(one.checkpoint.root)
    told = list(_not_cosigned(kept, witnesses))
    async with PartitionReader(settings) as reader:
        for partition in range(settings.partitions):
            origin = origin_of(settings.ledger_origin, partition)
            values = await _values(reader, settings, partition) if origin in wanted else []
            told += _compared(origin, values, wanted.pop(origin, {}))
    told += [f"`{origin}` is no partition of this ledger" for origin in sorted(wanted)]
    return Trees(checkpoints=len(kept), problems=tuple(told))


def _not_cosigned(kept: Iterable[Published], witnesses: Sequence[Verifier]) -> Iterable[str]:
    newest: dict[str, Published] = {}
    for one in kept:
        origin, size = one.checkpoint.origin, one.checkpoint.size
        if origin not in newest or size >= newest[origin].checkpoint.size:
            newest[origin] = one
    for origin, one in sorted(newest.items()):
        for witness in witnesses:
            if not signed_by(one.note, witness):
                size = one.checkpoint.size
                yield f"`{origin}` at {size} records is not cosigned by `{witness.name}`"


def _from_file(path: Path, text: str, verifier: Verifier) -> Published:
    one = read_published(text, verifier)
    if one is None:
        raise InputError(f"{path}: not signed by `{verifier.name}`")
    return one


def _compared(origin: str, values: Sequence[bytes], wanted: dict[int, set[bytes]]) -> Iterable[str]:
    tree = Tree(map(leaf_hash, values))
    for size, roots in sorted(wanted.items()):
        if size > tree.size:
            yield f"`{origin}` ends after {tree.size} records, and {size} were signed"
        elif roots != {tree.root(size)}:
            yield f"`{origin}` is not the ledger that was signed at {size} records"


async def _values(reader: PartitionReader, settings: Settings, partition: int) -> list[bytes]:
    ledger = TopicPartition(Topics.of(settings).decisions.name, partition)
    first, end = await reader.bounds(ledger)
    # A tombstone is no record; it leaves a value that no tree has.
    return [record.value or b"" async for record in reader.read(ledger, first, end)]
