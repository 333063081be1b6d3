"""A gate with its books, its senders and its workers, on a real broker, for tests of the whole."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import TopicPartition

from streams.books.custodian import Author, approve, change_books
from streams.books.entries import Entry, encode_entry, key_of
from streams.books.loader import read_index
from streams.books.plan import Change, Planner, planned_agreements, planned_entities, planned_policy
from streams.books.register_plan import planned_users
from streams.books.signed_history import SignedHistory
from streams.books.signing import countersigned, drafts_of
from streams.clock import SystemClock
from streams.codecs.alert import decode_alert
from streams.codecs.keyring import Keyring, new_keyring, write_keyring
from streams.codecs.ledger_record import decode_ledger_record
from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.request import encode_request
from streams.codecs.vault import add_keys
from streams.gate.audit import Audit, audit
from streams.gate.topic_names import NOBODY
from streams.kafka.admin import ensure_topics
from streams.kafka.tailing import tail_topic
from streams.ledger.record import LedgerRecord
from streams.ledger.sealed import months_from
from streams.policy.alert import Alert
from streams.policy.request import SharingRequest
from streams.policy.seal import sign_request
from streams.settings import Settings
from streams.simulators.agencies import Condition, Region, simulated_region
from streams.simulators.traffic import Day, Simulated
from streams.topics import Topics
from tests.books.custodians import ALICE, BOB, announced
from tests.workers import PATIENCE, Worker, worker_settings

AUTHOR = Author(by="a custodian", reason="a test")
LOOK_AGAIN = 0.2

Place = tuple[int, int]


@dataclass(frozen=True)
class Raw:
    """One record of a topic as it lies there."""

    key: bytes | None
    value: bytes | None


class Gatehouse:
    """One test's gate. Everything that a test needs of it is awaited with a deadline."""

    def __init__(self, settings: Settings, folder: Path, each: int = 1) -> None:
        self.clock = SystemClock()
        self.now = self.clock.now()
        self.keyring = _keyring_in(folder)
        keys = {"keyring": folder / "keyring.json", "vault": folder / "vault"}
        self.settings = settings.model_copy(update=keys)
        add_keys(keys["vault"], months_from(self.now, 2), secrets.token_bytes)
        self.topics = Topics.of(self.settings)
        self.author, self.second = AUTHOR, AUTHOR
        if self.settings.custodians is not None:
            self.author, self.second = (replace(AUTHOR, by=key.name, key=key) for key in (ALICE, BOB))
        self.region: Region = simulated_region(1, self.now, each)
        self.workers: list[Worker] = []
        self.folder = folder

    def day(self, seed: int = 1) -> Day:
        return Day(self.region, self.keyring, self.now, seed)

    def sealed(self, request: SharingRequest) -> SharingRequest:
        key_id = self.keyring.active_intake_key
        return sign_request(request, key_id, self.keyring.intake_keys[key_id])

    async def open(self) -> None:
        """Make the topics, and fill the books."""
        copies = self.settings.replication_factor
        await ensure_topics(self.settings.bootstrap_servers, self.topics.fixed(), copies)
        await self.change(planned_policy(self.region.policy))
        await self.change(planned_entities(tuple(self.region.entities())))
        await self.change(planned_users(self.region.users))
        unlawful = [
            neighbour.agreement
            for condition in (Condition.NO_CLAUSE, Condition.REVIEW_OVERDUE)
            for neighbour in self.region.neighbours[condition]
        ]
        lawful = (each for each in self.region.agreements() if each not in unlawful)
        await self.change(planned_agreements(tuple(lawful)))
        # The custodian refuses these; the gate must not forward under them all the same.
        await self.put_in_books(await self._past_the_tools([each for each in unlawful if each is not None]))

    async def _past_the_tools(self, entries: Sequence[Entry]) -> list[Raw]:
        """Return the records of entries that nobody has checked, signed where that is needed."""
        raws = [Raw(key_of(each).encode(), encode_entry(each)) for each in entries]
        if self.settings.custodians is None:
            return raws
        history = (await read_index(self.settings)).history
        assert isinstance(history, SignedHistory)
        changes = [Change(key=key_of(each), before=None, after=each) for each in entries]
        drafts = drafts_of(changes, history, ALICE, "past the tools", self.now).waiting
        notes = [announced(countersigned(draft.signed, BOB, history)) for draft in drafts]
        return [*(Raw(*note) for note in notes), *raws]

    async def put_in_books(self, raws: Iterable[Raw]) -> None:
        """Write to the books past the custodian."""
        for raw in raws:
            await self.put(self.topics.books.name, raw.value, 0, raw.key)

    async def put(self, topic: str, value: bytes | None, partition: int, key: bytes | None = None) -> None:
        """Write one record as it is, where only the gate itself may write."""
        async with self.sending() as sender:
            await sender.producer.send_and_wait(topic, value, key=key, partition=partition)

    async def change(self, planner: Planner) -> int:
        """Change the books, and return the revision; what takes a second custodian has one."""
        outcome = await change_books(self.settings, self.clock, planner, self.author)
        if outcome.proposals:
            outcome = await approve(self.settings, self.clock, outcome.proposals, self.second)
        return outcome.revision

    async def worker(self, name: str = "worker-1", **changes: object) -> Worker:
        """Start a worker; it ends with the test."""
        return await self.start(name, changes, ())

    async def faust_worker(self, name: str, *command: str) -> Worker:
        return await self.start(name, {}, command)

    async def start(self, name: str, changes: Mapping[str, object], command: tuple[str, ...]) -> Worker:
        """Start a worker by a command of its own; an empty one is the usual command."""
        number = len(self.workers)
        settings = worker_settings(self.settings, name, changes)
        worker = await Worker.start(settings, self.folder / f"{number}-{name}.log", command)
        self.workers.append(worker)
        return worker

    @asynccontextmanager
    async def sending(self, **options: object) -> AsyncIterator["Sender"]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.settings.servers,
            acks="all",
            max_request_size=2 * INPUT_LIMIT,
            **options,
        )
        await producer.start()
        try:
            yield Sender(producer, self.topics.requests.name)
        finally:
            await producer.stop()

    async def send(self, requests: Iterable[SharingRequest]) -> list[Place]:
        """Send requests as they are, and return where each stands."""
        async with self.sending(enable_idempotence=True, linger_ms=2) as sender:
            return await sender.send([raw_of(request) for request in requests])

    async def decided(self, patience: float = 60.0) -> None:
        """Wait until every request that is committed has been decided, and the decisions can be read.

        Kafka commits the offset before the end of the transaction is to be seen in every partition.
        """
        numbers = range(self.settings.partitions)
        sources = [TopicPartition(self.topics.requests.name, number) for number in numbers]
        ledger = [TopicPartition(self.topics.decisions.name, number) for number in numbers]
        everything = AIOKafkaConsumer(bootstrap_servers=self.settings.servers, group_id=None)
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.servers, group_id=None, isolation_level="read_committed"
        )
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.servers)
        try:
            # In here: whoever waits may be told to stop while they start.
            await consumer.start()
            await everything.start()
            await admin.start()
            async with asyncio.timeout(patience):
                while True:
                    done = await admin.list_consumer_group_offsets(self.settings.app_id)
                    ends = await consumer.end_offsets(sources)
                    behind = [tp for tp in sources if tp not in done or done[tp].offset < ends[tp]]
                    visible = await consumer.end_offsets(ledger) == await everything.end_offsets(ledger)
                    if not behind and visible:
                        return
                    await asyncio.sleep(LOOK_AGAIN)
        except TimeoutError:
            said = "\n".join(worker.said[-3000:] for worker in self.workers)
            raise AssertionError(f"not decided in time; the workers said:\n{said}") from None
        finally:
            await admin.close()
            await everything.stop()
            await consumer.stop()

    async def read(self, topic: str) -> list[Raw]:
        """Return all committed records of a topic."""
        tail = tail_topic(self.settings, topic, begin="first", end="now")
        return [Raw(record.key, record.value) async for record in tail]

    async def alerts(self) -> list[Alert]:
        """Return the alerts about what came in; agreements of the region come due by themselves meanwhile."""
        found = [decode_alert(raw.value) for raw in await self.read(self.topics.alerts.name)]
        return [alert for alert in found if alert.decision_ids]

    async def out_topics(self) -> list[str]:
        """Return the recipients' topics that there are."""
        async with self.admin() as admin:
            prefix = self.topics.out(NOBODY).name
            return sorted(name for name in await admin.list_topics() if name.startswith(prefix))

    async def forget(self, topic: str) -> None:
        """Delete all records of a topic, as a broker does when they are old."""
        async with self.admin() as admin:
            (found,) = await admin.describe_topics([topic])
            partitions = [TopicPartition(topic, one["partition"]) for one in found["partitions"]]
            # -1 is up to the end, whatever that is.
            await admin.delete_records({one: RecordsToDelete(before_offset=-1) for one in partitions})

    async def ledger(self) -> list[LedgerRecord]:
        """Return the ledger as any read-committed reader sees it, chain by chain."""
        records = [decode_ledger_record(raw.value) for raw in await self.read(self.topics.decisions.name)]
        return sorted(records, key=lambda record: (record.partition, record.seq))

    async def by_place(self) -> dict[Place, list[LedgerRecord]]:
        """Return the ledger records of each input."""
        found: dict[Place, list[LedgerRecord]] = {}
        for record in await self.ledger():
            if record.source_offset is not None:
                found.setdefault((record.source_partition, record.source_offset), []).append(record)
        return found

    async def until(self, count: int, patience: float = PATIENCE) -> None:
        """Wait until the ledger has at least so many records of inputs."""
        seen = 0
        tail = tail_topic(self.settings, self.topics.decisions.name, begin="first", end="never")
        async with asyncio.timeout(patience):
            async for record in tail:
                seen += decode_ledger_record(record.value).source_offset is not None
                if seen >= count:
                    break
        await tail.aclose()  # type: ignore[attr-defined]  # an async generator, told as an iterator

    async def alter(self, topic: str, **config: str) -> None:
        """Change the configuration of a topic, as an operator could by mistake."""
        changes = {name.replace("_", "."): value for name, value in config.items()}
        async with self.admin() as admin:
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, changes)])

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.settings.servers)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()

    async def audit(self) -> Audit:
        """Check everything that is committed, as `alpr-gate ledger verify` does."""
        return await audit(self.settings, self.clock.now())

    async def close(self) -> None:
        """Leave no process behind."""
        for worker in self.workers:
            worker.thaw()
            await worker.kill()


def signed(settings: Settings, folder: Path) -> Settings:
    """Return the settings for books that take what Alice and Bob have signed, and nothing else."""
    custodians = folder / "custodians"
    custodians.write_text(f"{ALICE.verifier}\n{BOB.verifier}\n", encoding="utf-8")
    return settings.model_copy(update={"custodians": custodians, "unsigned_books": False})


@asynccontextmanager
async def gatehouse(settings: Settings, folder: Path) -> AsyncIterator[Gatehouse]:
    """Open a house; its workers end with the context."""
    house = Gatehouse(settings, folder)
    try:
        await house.open()
        yield house
    finally:
        await house.close()


class Sender:
    """Writes to the topic of requests whatever it is told to."""

    def __init__(self, producer: AIOKafkaProducer, topic: str) -> None:
        self.producer = producer
        self._topic = topic

    async def send(self, raws: Iterable[Raw], partition: int | None = None) -> list[Place]:
        """Send the records and return where each stands."""
        deliveries = [
            await self.producer.send(self._topic, key=raw.key, value=raw.value, partition=partition)
            for raw in raws
        ]
        return [(sent.partition, sent.offset) for sent in await asyncio.gather(*deliveries)]

    async def steadily(self, requests: Sequence[Simulated], burst: int, pause: float) -> list[Place]:
        """Send bursts with pauses in between, so that the load lasts while the test does its worst."""
        places: list[Place] = []
        for start in range(0, len(requests), burst):
            places += await self.send([raw_of(each.request) for each in requests[start : start + burst]])
            await asyncio.sleep(pause)
        return places


def raw_of(request: SharingRequest) -> Raw:
    return Raw(request.request_id.encode(), encode_request(request))


def _keyring_in(folder: Path) -> Keyring:
    keyring = new_keyring(secrets.token_bytes(64))
    write_keyring(keyring, folder / "keyring.json")
    return keyring
