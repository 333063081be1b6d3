"""Requests of a seeded day that keep coming while faults are injected."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

from aiokafka.errors import KafkaError

from streams.simulators.traffic import Simulated
from tests.faults.costs import Place
from tests.gatehouse import Gatehouse, Sender, raw_of

# More than any trial sends; requests are made as they are needed.
A_LONG_DAY = 1_000_000
BURSTS_PER_SECOND = 5
AGAIN = 0.5


class Traffic:
    """Sends `per_second` requests a second until it is cancelled, and keeps where each stands.

    Only what the broker acknowledged counts as sent. What it may have taken without saying so is found by
    the audit, which reads the topic.
    """

    def __init__(self, house: Gatehouse, seed: int, per_second: int) -> None:
        self.sent: list[Place] = []
        # Which requests are sent at all; a campaign may leave some out for a while.
        self.wanted: Callable[[Simulated], bool] = lambda _: True
        self._house = house
        self._burst = max(1, per_second // BURSTS_PER_SECOND)
        self._day = house.day(seed).requests(A_LONG_DAY)

    async def run(self) -> None:
        """Send, with a new sender whenever the broker was away for longer than the old one bears."""
        while True:
            with suppress(KafkaError):
                async with self._house.sending(enable_idempotence=True, linger_ms=2) as sender:
                    while True:
                        await self._send(sender, self._burst)
                        await asyncio.sleep(1 / BURSTS_PER_SECOND)
            await asyncio.sleep(AGAIN)

    async def more(self, count: int) -> None:
        """Send so many at once."""
        async with self._house.sending(enable_idempotence=True, linger_ms=2) as sender:
            await self._send(sender, count)

    async def _send(self, sender: Sender, count: int) -> None:
        wanted = (each for each in self._day if self.wanted(each))
        self.sent += await sender.send([raw_of(each.request) for each in islice(wanted, count)])
