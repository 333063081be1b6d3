"""Which topics exist, asked of the brokers only for a topic not seen before.

Without a look beforehand a write to a missing topic keeps a transaction open until it times out. A topic that
was seen is taken to stay: when it is deleted all the same, the write fails and the writer singles it out.
"""

import asyncio
from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient

from streams.clock import Clock
from streams.kafka.faults import sorted_faults
from streams.settings import Settings

ASK_AGAIN_SECONDS = 1.0


class TopicDirectory:
    """The names of the topics that exist; a missing one is asked for again after a second at the earliest.

    Shared by the writers of one worker, which all run on one event loop. Use it as an async context.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._admin: AIOKafkaAdminClient | None = None
        self._asking = asyncio.Lock()
        self._seen: frozenset[str] = frozenset()
        self._absent_at: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._settings.servers)
        with sorted_faults("reach the broker"):
            await admin.start()
        self._admin = admin
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._admin is not None:
            await self._admin.close()

    async def missing(self, topics: frozenset[str]) -> frozenset[str]:
        """Return those of the topics that do not exist; one made within the last second may be named.

        Raises:
            UnavailableError: the broker does not answer.
        """
        if topics <= self._seen:
            return frozenset()
        # One question at a time; whoever waited may find the answer there already.
        async with self._asking:
            unknown = topics - self._seen
            if any(self._may_have_come(topic) for topic in unknown):
                await self._ask(unknown)
        return topics - self._seen

    def _may_have_come(self, topic: str) -> bool:
        absent_at = self._absent_at.get(topic, float("-inf"))
        return self._clock.monotonic() - absent_at >= ASK_AGAIN_SECONDS

    async def _ask(self, topics: frozenset[str]) -> None:
        if self._admin is None:
            raise RuntimeError("the directory is not open")
        # Before the answer: a topic that is made meanwhile may be missing in it.
        asked_at = self._clock.monotonic()
        with sorted_faults("ask for topics"):
            self._seen = frozenset(await self._admin.list_topics())
        self._absent_at = dict.fromkeys(topics - self._seen, asked_at)
