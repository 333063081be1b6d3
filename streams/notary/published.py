"""The checkpoints that were published: all of them, as the topic keeps them, by the partition they are of."""

from collections.abc import Iterable
from dataclasses import dataclass

from streams.errors import InputError, LedgerError
from streams.kafka.tailing import tail_topic
from streams.ledger.checkpoint import Checkpoint, origin_of, read_checkpoint
from streams.ledger.signed_note import SignedNote, Verifier, read_note, signed_by
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A checkpoint and the signed note that it stands in."""

    checkpoint: Checkpoint
    note: SignedNote


def read_published(text: str, verifier: Verifier) -> Published | None:
    """Return the checkpoint of a signed note, or None when the key did not sign it.

    Raises:
        InputError: it is no signed checkpoint, or was changed after the key signed it.
    """
    note = read_note(text)
    checkpoint = read_checkpoint(note.text)
    return Published(checkpoint=checkpoint, note=note) if signed_by(note, verifier) else None


async def published(settings: Settings, verifier: Verifier) -> tuple[Published, ...]:
    """Return every checkpoint on the topic that the key signed, in the order of publication.

    A note that somebody else signed is passed over: only the key makes a checkpoint.

    Raises:
        InputError: there is no such topic.
        LedgerError: a record is no note, or a checkpoint was changed after it was signed.
        UnavailableError: no broker answers.
    """
    found = []
    async for record in tail_topic(settings, Topics.of(settings).checkpoints.name, begin="first", end="now"):
        text = (record.value or b"").decode(errors="replace")
        try:
            one = read_published(text, verifier)
        except InputError as error:
            raise LedgerError(f"offset {record.offset} of the checkpoints: {error}") from error
        if one is not None:
            found.append(one)
    return tuple(found)


def signed_roots(settings: Settings, known: Iterable[Published], partition: int) -> dict[int, bytes]:
    """Return the roots that were signed of one partition, by size.

    Raises:
        LedgerError: two trees of one size were signed: there are two ledgers, or two notaries with one key.
    """
    origin = origin_of(settings.ledger_origin, partition)
    roots: dict[int, bytes] = {}
    for one in known:
        checkpoint = one.checkpoint
        if checkpoint.origin != origin:
            continue
        if roots.setdefault(checkpoint.size, checkpoint.root) != checkpoint.root:
            raise LedgerError(f"two different ledgers `{origin}` were signed at {checkpoint.size} records")
    return roots
