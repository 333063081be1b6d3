"""Live shares: how many deliveries a second one worker makes, from the topic of reads to 300 recipients.

Each delivery is in its recipient's topic, committed, with its manifest in the ledger. One partition, one
worker, one broker. The time is the broker's: from the end of the first fifth of the batches to the last one.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from streams.bench import topic_io
from streams.bench.finding import Finding
from streams.bench.ground import Ground
from streams.bench.trial import GATE, Trial, TrialError, last_words
from streams.bench.world import World
from streams.codecs.live_record import decode_live_record
from streams.codecs.read_event import encode_read_event
from streams.errors import UnavailableError
from streams.kafka.child import Child
from streams.ledger.live_record import LiveKind, LiveRecord
from streams.policy.agreement import Agreement
from streams.policy.entity import Entity
from streams.policy.user import User
from streams.policy.vocabulary import AgreementStatus
from streams.simulators.reads import Cameras, live_version

READS = 4_000
# A fifth of them narrow, as in life; all cover plain reads.
EACH = 60
TARGET = 300_000
WARM_UP = 0.2
PATIENCE = 300.0
LOOK_AGAIN = 0.5

Told = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class LiveWorld(World):
    """A world in which whoever may receive anything has a live share."""

    def entries(self) -> Iterator[Entity | Agreement | User]:
        """Yield what the books hold besides the policy, with live shares."""
        numbers = {entity_id: number for number, entity_id in enumerate(self.recipients)}
        for entry in super().entries():
            if isinstance(entry, Agreement) and entry.status is AgreementStatus.ACTIVE:
                number = numbers.get(entry.entity_id)
                yield entry if number is None else live_version(entry, number, budget=1_000_000_000)
            else:
                yield entry


def live(ground: Ground, told: Told) -> Finding:
    """Send reads to 300 recipients, and return what a second brings; everything is counted afterwards.

    Raises:
        TrialError: a delivery is missing or was made twice.
        UnavailableError: the worker did not get through.
    """
    world = LiveWorld(now=ground.clock.now(), each=EACH)
    trial = Trial(ground, world, "live")
    with trial:
        _send(trial, world)
        with trial.running(GATE) as children:
            found = _taken(trial, children)
        _check(trial, world, [record for record, _ in found])
    rate = deliveries_per_second(found)
    told(f"live shares: {rate:,.0f} deliveries/s to {len(world.recipients)} recipients")
    return Finding(
        title="live shares, one worker, one partition",
        columns=("recipients", "reads", "deliveries/s", "target"),
        rows=((str(len(world.recipients)), f"{READS:,}", f"{rate:,.0f}", f"{TARGET:,}"),),
        figures={"recipients": len(world.recipients), "reads": READS, "deliveries_per_second": round(rate)},
    )


def _send(trial: Trial, world: LiveWorld) -> None:
    topic = trial.topics.reads.name
    events = Cameras(world.now - timedelta(seconds=60)).reads(READS)
    # Plain reads alone: each goes to all, so that what is measured is what was promised.
    plain = (replace(event, is_replay=False, hot_lists=()) for event in events if not event.hot_lists)
    topic_io.write(
        trial.settings.bootstrap_servers,
        ((topic, 0, event.read.read_id.encode(), encode_read_event(event)) for event in plain),
    )


def _taken(trial: Trial, children: tuple[Child, ...]) -> list[tuple[LiveRecord, int]]:
    """Wait until every read is accounted for, and return the chain with the broker's time of each record."""
    servers, name = trial.settings.bootstrap_servers, trial.topics.manifests.name
    until = trial.clock.monotonic() + PATIENCE
    wanted = topic_io.end_of(servers, trial.topics.reads.name, 1)
    while True:
        messages = topic_io.read(servers, [(name, 0)])
        found = [(decode_live_record(one.value()), one.timestamp()[1]) for one in messages]
        if sum(record.count for record, _ in found if record.kind is LiveKind.BATCH) >= wanted:
            return found
        if not all(child.alive for child in children) or trial.clock.monotonic() > until:
            raise UnavailableError(f"the worker did not get through; it said: {last_words(trial.log)}")
        time.sleep(LOOK_AGAIN)


def _check(trial: Trial, world: LiveWorld, chain: list[LiveRecord]) -> None:
    """Compare what lies in the recipients' topics with the manifests."""
    said = Counter[str]()
    for record in chain:
        if record.kind is LiveKind.MANIFEST and record.entity_id is not None:
            said[trial.topics.out(record.entity_id).name] += record.count
    outs = [(trial.topics.out(entity_id).name, 0) for entity_id in world.recipients]
    went = Counter(message.topic() for message in topic_io.read(trial.settings.bootstrap_servers, outs))
    if went != said:
        raise TrialError(f"live shares: {went.total():,} deliveries, and the manifests say {said.total():,}")


def deliveries_per_second(found: list[tuple[LiveRecord, int]]) -> float:
    """Return how many deliveries the batches after the first fifth made in a second, by the broker."""
    by_batch = Counter[str]()
    for record, _ in found:
        if record.kind is LiveKind.MANIFEST:
            by_batch[record.batch_id] += record.count
    ends = [(record.batch_id, at) for record, at in found if record.kind is LiveKind.BATCH]
    first = int(len(ends) * WARM_UP)
    seconds = (ends[-1][1] - ends[first][1]) / 1000
    if seconds <= 0:
        raise TrialError("all batches came at one moment; take more reads")
    return sum(by_batch[batch_id] for batch_id, _ in ends[first + 1 :]) / seconds
