"""What a recipient has not fetched yet goes when the last agreement that it could come under stops."""

from dataclasses import dataclass
from datetime import datetime

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from streams.books.source import PASSING_FAULTS
from streams.errors import UnavailableError
from streams.policy.books import Books
from streams.policy.vocabulary import AgreementId, AgreementStatus, EntityId
from streams.settings import Settings
from streams.topics import Topics


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """How many offsets of a recipient's topic were deleted; transaction markers count as such too."""

    entity_id: EntityId
    offsets: int


def stopped(books: Books, now: datetime) -> frozenset[AgreementId]:
    """Return the agreements that have stopped, whose undelivered records were deleted.

    What is on record as sent under one of them is not expected to lie in its topic still.
    """
    return frozenset(
        agreement.agreement_id
        for agreement in books.agreements()
        if agreement.status is not AgreementStatus.ACTIVE or agreement.end <= now
    )


def cut_off(books: Books, entity_id: EntityId, now: datetime) -> tuple[EntityId, ...]:
    """Return those of the entity and its heirs that no agreement, own or inherited, serves at `now`."""
    heirs = sorted(
        entity.entity_id
        for entity in books.entities()
        if entity.inherits_parent_agreement and _is_below(books, entity.entity_id, entity_id)
    )
    # Heirs receive under the parent's agreement, so they may lose their last one with it.
    concerned = (entity_id, *(heir for heir in heirs if heir != entity_id))
    return tuple(one for one in concerned if not _is_served(books, one, now))


def _is_below(books: Books, below: EntityId, above: EntityId) -> bool:
    standing = books.standing(below)
    return standing is not None and above in standing.line


def _is_served(books: Books, entity_id: EntityId, now: datetime) -> bool:
    standing = books.standing(entity_id)
    return standing is not None and any(
        terms.agreement.status is AgreementStatus.ACTIVE and now < terms.agreement.end
        for terms in standing.terms
    )


async def delete_undelivered(settings: Settings, entities: tuple[EntityId, ...]) -> tuple[Deleted, ...]:
    """Delete all that stands in the topics of these recipients, and return how much it was."""
    topics = Topics.of(settings)
    try:
        return await _delete(settings, {TopicPartition(topics.out(one).name, 0): one for one in entities})
    except PASSING_FAULTS as error:
        raise UnavailableError(
            f"undelivered records could not be deleted ({type(error).__name__}); check the broker, then run "
            "the command again"
        ) from error


async def _delete(settings: Settings, wanted: dict[TopicPartition, EntityId]) -> tuple[Deleted, ...]:
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.servers, group_id=None)
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.servers)
    try:
        await consumer.start()
        existing = await consumer.topics()
        partitions = [partition for partition in wanted if partition.topic in existing]
        first = await consumer.beginning_offsets(partitions)
        end = await consumer.end_offsets(partitions)
        filled = [partition for partition in partitions if first[partition] < end[partition]]
        await admin.start()
        if filled:
            await admin.delete_records(
                {partition: RecordsToDelete(before_offset=end[partition]) for partition in filled}
            )
        return tuple(
            Deleted(entity_id=wanted[partition], offsets=end[partition] - first[partition])
            for partition in filled
        )
    finally:
        await admin.close()
        await consumer.stop()
