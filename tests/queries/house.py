"""Searches sent to a gate's worker on a real broker, and their access records as anybody reads them."""

from collections.abc import Sequence

from aiokafka.structs import TopicPartition

from streams.adapters.queries.sending import send_queries
from streams.codecs.query_access import decode_query_access, open_query
from streams.codecs.vault import open_vault
from streams.kafka.reader import PartitionReader
from streams.ledger.query_access import QueryAccess
from streams.policy.query_event import QueryEvent
from tests.gatehouse import Gatehouse
from tests.policy.query_building import a_query
from tests.workers import eventually


def searches(count: int, begin: int = 0) -> list[QueryEvent]:
    """Return so many different searches of a few organisations; every fourth is a broad one."""
    return [
        a_query(
            query_id=f"q-{number}",
            organisation=f"Organisation {number % 7}",
            networks_searched=6709 if number % 4 == 0 else 12,
        )
        for number in range(begin, begin + count)
    ]


class Searches:
    """The searches of one house."""

    def __init__(self, house: Gatehouse) -> None:
        self.house = house

    async def send(self, events: Sequence[QueryEvent]) -> None:
        await send_queries(self.house.settings, events)

    async def put(self, value: bytes | None, partition: int = 0) -> None:
        """Write bytes as they are."""
        await self.house.put(self.house.topics.queries.name, value, partition)

    async def accesses(self) -> list[QueryAccess]:
        raws = await self.house.read(self.house.topics.queries_access.name)
        found = [decode_query_access(raw.value) for raw in raws]
        return sorted(found, key=lambda one: (one.partition, one.seq))

    async def recorded(self, count: int) -> list[QueryAccess]:
        """Wait until there are so many records, and return all."""

        async def are_there() -> bool:
            return len(await self.accesses()) >= count

        await eventually(are_there)
        return await self.accesses()

    async def sent(self) -> dict[tuple[int, int], bytes | None]:
        """Return what came in, by place."""
        found = {}
        async with PartitionReader(self.house.settings) as reader:
            for number in range(self.house.settings.partitions):
                source = TopicPartition(self.house.topics.queries.name, number)
                first, end = await reader.bounds(source)
                async for record in reader.read(source, first, end):
                    found[number, record.offset] = record.value
        return found

    def opened(self, record: QueryAccess) -> QueryEvent:
        assert self.house.settings.vault is not None
        return open_query(record, open_vault(self.house.settings.vault))
