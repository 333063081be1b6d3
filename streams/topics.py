"""Every topic by name, with its shape: how it is partitioned, compacted, kept and limited.

The gate makes missing topics in these shapes and never changes one that is there. Who reads and writes which
is in `streams.flow`. Retention says how long personal data stay: requests with their plates and names for 30
days, as are orders to disclose and searches, releases for 7, holds until they are resolved. The ledger, which
has the access records of Civ. Code 1798.90.52, is kept for ever.
"""

from dataclasses import dataclass
from enum import StrEnum

from streams.codecs.record_codec import INPUT_LIMIT, OUTPUT_LIMIT
from streams.policy.vocabulary import EntityId
from streams.settings import Settings

HOUR_MS = 3600 * 1000
DAY_MS = 24 * HOUR_MS
FOREVER = -1


class Cleanup(StrEnum):
    """What the broker does with old records: drop them by age, or all but the last of each key."""

    DELETE = "delete"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicSpec:
    """One topic: full name, partitions, cleanup and retention in milliseconds (-1 is for ever).

    `max_message_bytes` is what a broker takes for one batch of a producer, compressed if it comes so.
    """

    name: str
    partitions: int
    cleanup: Cleanup = Cleanup.DELETE
    retention_ms: int = FOREVER
    max_message_bytes: int = 1 << 20
    compression: str = "producer"

    def config(self) -> dict[str, str]:
        """Return the broker's topic configuration, by its own names and with values as text."""
        config = {
            "cleanup.policy": self.cleanup.value,
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
            "compression.type": self.compression,
        }
        if self.cleanup is Cleanup.COMPACT:
            # The segment being written is never compacted. By default it stays so for a week, and each start
            # of a worker would read a week of heartbeats.
            config |= {"segment.ms": str(HOUR_MS), "min.cleanable.dirty.ratio": "0.1"}
        return config


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of one deployment.

    `partitions` is that of the requests and of all that is written partition by partition beside them. It is
    fixed when the ledgers begin, because a request id belongs to one partition for good.
    """

    prefix: str
    partitions: int

    @classmethod
    def of(cls, settings: Settings) -> "Topics":
        """Return the topics that the settings describe."""
        return cls(settings.topic_prefix, settings.partitions)

    def _named(self, name: str) -> str:
        return f"{self.prefix}{name}"

    @property
    def requests(self) -> TopicSpec:
        """Sharing requests, written by intakes.

        The broker limits what it is sent, compressed. Kept uncompressed, what is read obeys the limit too: a
        few kilobytes cannot unfold to gigabytes in a worker.
        """
        return TopicSpec(
            name=self._named("alpr.sharing.requests"),
            compression="uncompressed",
            partitions=self.partitions,
            retention_ms=30 * DAY_MS,
            max_message_bytes=INPUT_LIMIT,
        )

    @property
    def decisions(self) -> TopicSpec:
        """The ledger, partition by partition of the requests, kept for ever.

        It is not compacted: two records of one decision are two facts.
        """
        return TopicSpec(
            name=self._named("alpr.sharing.decisions"),
            partitions=self.partitions,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def holds(self) -> TopicSpec:
        """Open holds, partition by partition of the requests, keyed by the decision that opened each.

        A tombstone lifts a hold; compaction then removes the request that it held.
        """
        return TopicSpec(
            name=self._named("alpr.sharing.holds"),
            partitions=self.partitions,
            cleanup=Cleanup.COMPACT,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def marks(self) -> TopicSpec:
        """What requests leave behind that were held for their content, in pseudonyms.

        One partition: every worker reads all of it. They go by age, after any hold and its memory.
        """
        return TopicSpec(
            name=self._named("alpr.sharing.marks"),
            partitions=1,
            retention_ms=365 * DAY_MS,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def answers(self) -> TopicSpec:
        """What requesters are told, keyed by organisation.

        The key does not choose the partition: an answer stands in that of its request, which saves a
        transaction the other partitions.
        """
        return TopicSpec(
            name=self._named("alpr.sharing.answers"),
            partitions=self.partitions,
            retention_ms=30 * DAY_MS,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def books_events(self) -> TopicSpec:
        """Every change of the books, for ever: the source of truth.

        One partition, so that changes have one order. It tells an auditor what a decision was made under.
        """
        return TopicSpec(name=self._named("alpr.books.events"), partitions=1, max_message_bytes=OUTPUT_LIMIT)

    @property
    def books(self) -> TopicSpec:
        """The latest state of each entry of the books.

        One partition: the offset of a change is the revision that decisions name.
        """
        return TopicSpec(
            name=self._named("alpr.books"),
            partitions=1,
            cleanup=Cleanup.COMPACT,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def books_acks(self) -> TopicSpec:
        """Which revision binds which partition; the last one of a partition in log order counts."""
        return TopicSpec(name=self._named("alpr.books.acks"), partitions=1, cleanup=Cleanup.COMPACT)

    @property
    def checkpoints(self) -> TopicSpec:
        """Signed sizes and roots of the ledger's trees, keyed by origin, kept for ever.

        Whoever keeps one of them elsewhere can tell a ledger that was rewritten or cut off since.
        """
        return TopicSpec(name=self._named("alpr.ledger.checkpoints"), partitions=1)

    @property
    def admin_actions(self) -> TopicSpec:
        """Who opened or shredded contents of the ledger, and why, kept for ever.

        One partition, since it is one chain.
        """
        return TopicSpec(name=self._named("alpr.admin-actions"), partitions=1, max_message_bytes=OUTPUT_LIMIT)

    @property
    def alerts(self) -> TopicSpec:
        """Violation alerts, with pseudonyms in place of names and without plates."""
        return TopicSpec(
            name=self._named("alpr.alerts"),
            partitions=self.partitions,
            # A year: a pattern of attempts may take months to show.
            retention_ms=365 * DAY_MS,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def dead_letters(self) -> TopicSpec:
        """What could not be read, with why: the original bytes, which may hold anything."""
        return TopicSpec(
            name=self._named("alpr.dead-letters"),
            partitions=self.partitions,
            retention_ms=365 * DAY_MS,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def disclosures(self) -> TopicSpec:
        """Orders to disclose by legal process, with their plates, for the records officer alone.

        One partition: they are few, and are carried out in order.
        """
        return TopicSpec(
            name=self._named("alpr.sharing.disclosures"),
            partitions=1,
            retention_ms=30 * DAY_MS,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def reads(self) -> TopicSpec:
        """Reads of all feeds, keyed by camera; partitions in number as those of the requests.

        Plates lie here in plain: long enough for live shares to catch up after a long weekend.
        """
        return TopicSpec(name=self._named("alpr.reads"), partitions=self.partitions, retention_ms=7 * DAY_MS)

    @property
    def release_actions(self) -> TopicSpec:
        """What was done with releases: orders carried out, receipts, images fetched; kept for ever.

        One partition, since it is one chain.
        """
        return TopicSpec(
            name=self._named("alpr.release-actions"), partitions=1, max_message_bytes=OUTPUT_LIMIT
        )

    @property
    def manifests(self) -> TopicSpec:
        """The ledger of live shares, partition by partition of the reads, kept for ever like the other."""
        return TopicSpec(
            name=self._named("alpr.reads.manifests"),
            partitions=self.partitions,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def queries(self) -> TopicSpec:
        """Searches of the agency's own users and of partners, keyed by organisation.

        Plates, users and reasons lie here in plain, for as long as those of requests: whoever records them
        may be away for weeks. Their access records are kept for years, and sealed.
        """
        return TopicSpec(
            name=self._named("alpr.queries"),
            partitions=self.partitions,
            retention_ms=30 * DAY_MS,
            max_message_bytes=INPUT_LIMIT,
        )

    @property
    def queries_access(self) -> TopicSpec:
        """The access records of searches, partition by partition of the searches, kept for ever.

        Not compacted: what is told of a search once more is another fact.
        """
        return TopicSpec(
            name=self._named("alpr.queries.access"),
            partitions=self.partitions,
            max_message_bytes=OUTPUT_LIMIT,
        )

    @property
    def share_changes(self) -> TopicSpec:
        """What vendors opened and closed in their own products, keyed by network, kept for ever.

        It is the record of when and with whom that is apart from the vendor's own (State Auditor 2019-118,
        recommendation 32); without the removals nobody could tell that a share came back.
        """
        return TopicSpec(
            name=self._named("alpr.share-changes"),
            compression="uncompressed",
            partitions=self.partitions,
            max_message_bytes=INPUT_LIMIT,
        )

    def out(self, entity_id: EntityId) -> TopicSpec:
        """Return the topic that one recipient alone may read.

        One topic each, since Kafka grants rights by topic and not by key.
        """
        return TopicSpec(
            name=self._named(f"alpr.out.{entity_id}"),
            partitions=1,
            # Released plates lie here: long enough for a recipient that was away, and no longer.
            retention_ms=7 * DAY_MS,
            max_message_bytes=OUTPUT_LIMIT,
        )

    def fixed(self) -> tuple[TopicSpec, ...]:
        """Return every topic that exists from the start; recipients' topics come with their agreements."""
        return (
            self.requests,
            self.decisions,
            self.holds,
            self.marks,
            self.answers,
            self.books_events,
            self.books,
            self.books_acks,
            self.checkpoints,
            self.admin_actions,
            self.alerts,
            self.dead_letters,
            self.disclosures,
            self.reads,
            self.release_actions,
            self.manifests,
            self.queries,
            self.queries_access,
            self.share_changes,
        )
