"""Which topics exist, asked of the brokers only for a topic not seen before."""

from types import TracebackType
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient

from streams.clock import Clock
from streams.kafka.faults import sorted_faults
from streams.settings import Settings

ASK_AGAIN_SECONDS = 1.0


class TopicDirectory:
    """The names of the topics that exist; a missing one is asked for again after a second at the earliest."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._admin: AIOKafkaAdminClient | None = None
        self._seen: frozenset[str] = frozenset()
        self._asked = float("-inf")

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
        """Return those of the topics that do not exist."""
        absent = topics - self._seen
        now = self._clock.monotonic()
        if absent and self._admin is not None and now - self._asked >= ASK_AGAIN_SECONDS:
            self._asked = now
            with sorted_faults("ask for topics"):
                self._seen = frozenset(await self._admin.list_topics())
        return topics - self._seen
