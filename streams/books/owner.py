"""The owner of the books at work: it follows them, and signs where they stand as long as it can follow.

It never signs an earlier state than it has signed before: what it signed last stands in a file of its own,
and a topic that was cut off or exchanged does not reach that any more.
"""

import asyncio
from pathlib import Path

from aiokafka import AIOKafkaProducer

from streams.books.entries import OWNER, BookKey, EntryKind
from streams.books.replica import BooksReplica
from streams.books.state import BooksState
from streams.clock import Clock
from streams.codecs.owner_heartbeat import encode_owner_heartbeat
from streams.codecs.whole_file import write_whole
from streams.errors import InputError, LedgerError
from streams.kafka.faults import reaching, sorted_faults
from streams.ledger.books_head import BooksHead, OwnerHeartbeat, read_head
from streams.ledger.signed_note import Signer, note_by
from streams.settings import Settings
from streams.topics import Topics

KEY = BookKey(kind=EntryKind.HEARTBEAT, name=OWNER)


class BooksOwner:
    """Signs the books of one deployment; `memory` is the file with the last head that it signed."""

    def __init__(self, settings: Settings, clock: Clock, key: Signer, memory: Path) -> None:
        # Whether they are its own is what it says itself, so it does not wait to hear it.
        self._settings = settings.model_copy(update={"books_owner": None})
        self._clock = clock
        self._key = key
        self._memory = memory

    async def run(self) -> None:
        """Sign for ever, every `heartbeat_seconds`.

        Raises:
            InputError: the books take unsigned changes, or the file cannot be read or written.
            LedgerError: the books are behind what was signed before, or others, or have failed.
            UnavailableError: no broker answers.
        """
        if self._settings.custodians is None:
            raise InputError("these books take changes without signatures, so nobody can sign for them")
        last = self._remembered()
        replica = BooksReplica(self._settings, self._clock, f"{self._settings.app_id}-owner")
        producer = AIOKafkaProducer(bootstrap_servers=self._settings.servers, acks="all")
        try:
            with reaching(self._settings.bootstrap_servers):
                await producer.start()
            await replica.start()
            while True:
                _check_followed(replica)
                # Of books without a change there is nothing to sign yet.
                if replica.state is BooksState.CURRENT and replica.revision >= 0:
                    last = await self._sign(replica, last, producer)
                await asyncio.sleep(self._settings.heartbeat_seconds)
        finally:
            await replica.stop()
            await producer.stop()

    async def _sign(
        self, replica: BooksReplica, last: BooksHead | None, producer: AIOKafkaProducer
    ) -> BooksHead:
        head = BooksHead(
            books=self._settings.ledger_origin,
            at=self._clock.now(),
            revision=replica.revision,
            root=replica.root,
        )
        if last is not None and _is_behind(head, last):
            raise LedgerError(
                f"the books at revision {head.revision} are not what was signed at {last.revision}: records "
                "are gone or exchanged; restore the topic from its copy"
            )
        # In a thread: a program may sign, and the books are followed meanwhile.
        note = str(await asyncio.to_thread(note_by, self._key, str(head)))
        # Kept before it is told, so that nothing was ever told that is not kept.
        write_whole(self._memory, note.encode())
        with sorted_faults("sign the books"):
            await producer.send_and_wait(
                Topics.of(self._settings).books.name,
                encode_owner_heartbeat(OwnerHeartbeat(note=note)),
                key=KEY.encode(),
                partition=0,
            )
        return head

    def _remembered(self) -> BooksHead | None:
        try:
            note = self._memory.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"`{self._memory}`: {type(error).__name__}; expected what was signed last"
            ) from error
        return read_head(note, self._key.verifier)


def _check_followed(replica: BooksReplica) -> None:
    """Refuse to wait for books that cannot be followed any more: nobody would notice."""
    if replica.state is BooksState.FAILED:
        raise LedgerError(f"the books have failed, and nobody can sign for them: {replica.failure}")


def _is_behind(head: BooksHead, last: BooksHead) -> bool:
    if head.revision == last.revision:
        return head.root != last.root
    return head.revision < last.revision
