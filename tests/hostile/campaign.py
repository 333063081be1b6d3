"""The campaign of hostile input: spoilt requests and batches for a gate that runs, on a broker of its own."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from random import Random

from streams.kafka.embedded import EmbeddedKafka
from streams.policy.vocabulary import Verdict
from streams.settings import Settings
from tests.faults.outcome import Outcome
from tests.gatehouse import Gatehouse, gatehouse
from tests.hostile.scene import REFUSED, fuzzed, taken_batches, wrong_of

WHOLE = 50_000


async def hostile(dice: Random, scale: float) -> Iterable[Outcome]:
    """Send it, and count what was not recorded once and blocked."""
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder, EmbeddedKafka() as kafka:
        settings = Settings(
            bootstrap_servers=kafka.bootstrap_servers, web_port=0, partitions=2, unsigned_books=True
        )
        async with gatehouse(settings, Path(folder)) as house:
            return [await hostile_input(house, dice, max(1, round(WHOLE * scale)))]


async def hostile_input(house: Gatehouse, dice: Random, count: int) -> Outcome:
    """Send spoilt requests, and batches that cannot be unpacked, to a house that is open."""
    worker = await (await house.worker()).ready(partitions=2)
    places = await fuzzed(house, dice, count)
    good = next(each.request for each in house.day().requests(50) if each.verdict is Verdict.FORWARD)
    taken = await taken_batches(house, good)
    (after,) = await house.send([good])
    await house.decided(patience=600)
    wrong = await wrong_of(house, places, taken)
    forwarded = (await house.by_place())[after][0].verdict is Verdict.FORWARD
    sound = worker.alive and forwarded and (await house.audit()).sound
    return Outcome(
        fault="hostile input to a gate that runs",
        times=len(places) + len(REFUSED),
        unit="inputs",
        forwards_without_decision=wrong.not_blocked,
        requests_lost=wrong.undecided + wrong.taken + (not sound),
        duplicate_decisions=wrong.twice,
        remark=f"{len(REFUSED)} of them batches with a codec that is unknown or not what they say.",
    )
