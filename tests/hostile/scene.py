"""What hostile senders do to a gate that runs, and what must be so afterwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from streams.codecs.record_codec import INPUT_LIMIT
from streams.codecs.request import encode_request
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import Verdict
from streams.simulators.agencies import Condition
from tests.fuzz.plain import inputs
from tests.fuzz.targets import TARGETS
from tests.gatehouse import Gatehouse, Place, Raw
from tests.hostile.batches import GZIP, LZ4, NONE, SNAPPY, UNKNOWN, ZSTD, Spoilt, batch_of, produce

# Batches with a true checksum that no broker can unpack, so that it must not take them.
REFUSED = (
    Spoilt(GZIP, named=UNKNOWN),
    Spoilt(NONE, named=7),
    Spoilt(GZIP, named=LZ4),
    Spoilt(NONE, named=ZSTD),
    *(
        Spoilt(codec, lambda compressed: compressed[: len(compressed) // 2])
        for codec in (GZIP, SNAPPY, LZ4, ZSTD)
    ),
)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was not as promised, each a count."""

    undecided: int
    twice: int
    not_blocked: int
    taken: int


async def fuzzed(house: Gatehouse, dice: Random, count: int) -> list[Place]:
    """Send spoilt requests under any keys, and return where each stands; the broker takes no larger ones."""
    values = inputs(TARGETS["codec_request"], dice, count)
    raws = [Raw(dice.randbytes(dice.randrange(9)), value) for value in values if len(value) < INPUT_LIMIT]
    async with house.sending() as sender:
        return await sender.send(raws)


async def taken_batches(house: Gatehouse, request: SharingRequest) -> int:
    """Send batches that cannot be unpacked, and return how many the broker took; it ought to take none."""
    taken = 0
    place = TopicPartition(house.topics.requests.name, 0)
    async with house.sending() as sender:
        for how in REFUSED:
            try:
                await produce(sender.producer, place, batch_of([encode_request(request)], how))
            except KafkaError:
                continue
            taken += 1
    return taken


async def without_topic(house: Gatehouse, day: Sequence[SharingRequest]) -> str:
    """Delete the topic of one recipient, and return the recipient's name."""
    names = {request.recipient_name for request in day}
    entity = next(e.entity for e in house.region.neighbours[Condition.IN_FORCE] if e.entity.name in names)
    async with house.admin() as admin:
        await admin.delete_topics([house.topics.out(entity.entity_id).name])
    return entity.name


async def wrong_of(house: Gatehouse, places: Sequence[Place], taken: int) -> Wrong:
    """Return what became of spoilt requests, once all is decided."""
    found = await house.by_place()
    counts = Counter(len(found.get(place, ())) for place in places)
    records = [found[place][0] for place in places if place in found]
    return Wrong(
        undecided=counts[0],
        twice=sum(times for number, times in counts.items() if number > 1),
        not_blocked=sum(record.verdict is Verdict.FORWARD for record in records),
        taken=taken,
    )
