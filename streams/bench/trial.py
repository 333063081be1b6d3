"""One contender, alone on fresh topics: it is given requests, watched until all are decided, and checked.

The requests lie there before it starts, so it is always the contender that is waited for. What a request
costs is read from the broker's times in the ledger, after the first fifth: starting and warming up is not
counted.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self

from streams.bench import topic_io
from streams.bench.ground import Ground
from streams.bench.world import Asked, World
from streams.books.entries import encode_entry, key_of
from streams.codecs.ledger_record import decode_ledger_record
from streams.errors import GateError, UnavailableError
from streams.kafka.child import Child
from streams.kafka.partitioner import partition_of
from streams.policy.vocabulary import Verdict
from streams.settings import Settings
from streams.topics import Topics, TopicSpec

GATE = "gate"
WARM_UP = 0.2
LOOK_AGAIN_SECONDS = 0.2
# A contender that has not decided by then has failed; the slowest takes a tenth of it.
PATIENCE = 180.0
TOLD_LINES = 8
NOTHING: Mapping[str, object] = MappingProxyType({})


class TrialError(GateError):
    """A contender lost, doubled or changed something, so its times say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One record of the ledger that accounts for a request; `at` is when the broker got it, in ms."""

    place: tuple[int, int]
    decision_id: str
    verdict: Verdict
    at: int


class Trial:
    """The topics of one contender, made for it alone; use it as a context, which deletes them afterwards.

    `settings` are the ground's with names of their own. All methods block.
    """

    def __init__(
        self, ground: Ground, world: World, name: str, changes: Mapping[str, object] = NOTHING
    ) -> None:
        ours = {"topic_prefix": f"{name}.", "app_id": name, "partitions": 1, "web_port": 0}
        self.settings: Settings = ground.settings.model_copy(update={**ours, **changes})
        self.topics = Topics.of(self.settings)
        self.clock = ground.clock
        self._folder = ground.folder
        self._world = world
        self._servers = self.settings.bootstrap_servers
        self.log = ground.folder / f"{name}.log"

    @property
    def _specs(self) -> list[TopicSpec]:
        return [*self.topics.fixed(), *map(self.topics.out, self._world.recipients)]

    def __enter__(self) -> Self:
        """Make the topics and fill the books."""
        topic_io.make_topics(self._servers, self._specs)
        books, region = self.topics.books.name, self._world.region
        topic_io.write(
            self._servers,
            (
                (books, 0, key_of(entry).encode(), encode_entry(entry))
                for entry in (region.policy, *self._world.entries())
            ),
        )
        return self

    def __exit__(self, *_: object) -> None:
        """Delete the topics."""
        topic_io.delete_topics(self._servers, [spec.name for spec in self._specs])

    def send(self, asked: Sequence[Asked]) -> None:
        """Write the requests, each to the partition where its id belongs."""
        topic, partitions = self.topics.requests.name, self.settings.partitions
        topic_io.write(
            self._servers,
            (
                (topic, partition_of(one.request_id, partitions), one.request_id.encode(), one.value)
                for one in asked
            ),
        )

    @contextmanager
    def running(self, contender: str, workers: int = 1) -> Iterator[tuple[Child, ...]]:
        """Run the contender's processes as long as the context lasts; they are killed at its end."""
        with ExitStack() as stack:
            children = []
            for number in range(1, workers + 1):
                settings = self.settings.model_copy(update={"instance_id": f"worker-{number}"})
                environment = {**os.environ, **settings.environment(), "TMPDIR": str(self._folder)}
                child = Child(_command(contender, self._world), self.log, environment=environment)
                stack.callback(child.kill)
                children.append(child)
            yield tuple(children)

    def decided(self, count: int, children: Sequence[Child]) -> list[Decided]:
        """Wait until so many requests have a committed record, and return the records.

        Raises:
            UnavailableError: a process ended, or it takes too long; with the end of its log.
        """
        clock = self.clock
        until = clock.monotonic() + PATIENCE
        ledger, partitions = self.topics.decisions.name, self.settings.partitions
        while True:
            # The ends alone are asked for until they tell that reading is worth the processor that it takes.
            if topic_io.end_of(self._servers, ledger, partitions) >= count:
                found = self._read_ledger()
                if len(found) >= count:
                    return found
            if not all(child.alive for child in children) or clock.monotonic() > until:
                raise UnavailableError(f"the contender did not decide; it said: {last_words(self.log)}")
            time.sleep(LOOK_AGAIN_SECONDS)

    def _read_ledger(self) -> list[Decided]:
        name = self.topics.decisions.name
        partitions = [(name, number) for number in range(self.settings.partitions)]
        found = []
        for message in topic_io.read(self._servers, partitions):
            record = decode_ledger_record(message.value())
            if record.source_offset is not None:
                place = record.source_partition, record.source_offset
                _, at = message.timestamp()
                found.append(
                    Decided(place=place, decision_id=record.decision_id, verdict=record.verdict, at=at)
                )
        return found

    def check(self, asked: Sequence[Asked], decided: Sequence[Decided]) -> None:
        """Compare what went in with what came out.

        Raises:
            TrialError: a request has no record or two, ids are not distinct, verdicts are not the right
                ones, or the recipients did not get exactly what was forwarded.
        """
        expected = Counter(one.verdict for one in asked)
        outs = [(self.topics.out(entity_id).name, 0) for entity_id in self._world.recipients]
        released = [message.key() for message in topic_io.read(self._servers, outs)]
        findings = {
            "records of requests": (len(decided), len(asked)),
            "requests with a record": (len({one.place for one in decided}), len(asked)),
            "distinct decisions": (len({one.decision_id for one in decided}), len(asked)),
            "verdicts": (Counter(one.verdict for one in decided), expected),
            "releases": (len(released), expected[Verdict.FORWARD]),
            "distinct releases": (len(set(released)), expected[Verdict.FORWARD]),
        }
        wrong = [f"{what}: {got}, not {right}" for what, (got, right) in findings.items() if got != right]
        if wrong:
            raise TrialError(f"trial {self.settings.app_id}: " + "; ".join(wrong))


def _command(contender: str, world: World) -> list[str]:
    if contender == GATE:
        return [sys.executable, "-m", "streams", "run"]
    size = [world.now.isoformat(), str(world.agreements), str(world.entities)]
    return [sys.executable, "-m", "streams.bench.contenders", contender, *size]


def last_words(path: Path) -> str:
    """Return the end of a log in one line."""
    return " | ".join(path.read_text(errors="replace").strip().splitlines()[-TOLD_LINES:])


def seconds_per_request(decided: Sequence[Decided]) -> float:
    """Return what a request costs: the time from the end of the first fifth to the end, by the broker."""
    times = sorted(one.at for one in decided)
    begin = times[int(len(times) * WARM_UP)]
    # By time and not by number: a batch comes at one moment, and only those after it were worked for.
    after = sum(1 for at in times if at > begin)
    if after == 0:
        raise TrialError("all decisions came at one moment; take more requests")
    return (times[-1] - begin) / 1000 / after


def try_out(trial: Trial, contender: str, asked: Sequence[Asked], workers: int = 1) -> float:
    """Return the seconds that a request costs so many workers of the contender, once all is checked.

    Raises:
        TrialError: what came out is not what should have.
        UnavailableError: the contender did not get through.
    """
    with trial:
        trial.send(asked)
        with trial.running(contender, workers) as children:
            decided = trial.decided(len(asked), children)
        trial.check(asked, decided)
    return seconds_per_request(decided)
