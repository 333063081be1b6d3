from dataclasses import replace
from datetime import timedelta

import pytest
from aiokafka import AIOKafkaProducer

from streams.books.source import open_topic
from streams.books.undelivered import Deleted, cut_off, delete_undelivered
from streams.kafka.admin import ensure_topics
from streams.policy.books import Books
from streams.policy.entity import Entity
from streams.policy.vocabulary import AgreementStatus, EntityId
from streams.settings import Settings
from streams.topics import Topics
from tests.books.samples import NOW, agreement, entity

BURBANK = EntityId("burbank")
UNIT: Entity = replace(entity("unit"), parent=BURBANK, inherits_parent_agreement=True)
SUBUNIT: Entity = replace(entity("subunit"), parent=EntityId("unit"), inherits_parent_agreement=True)
REVOKED = agreement(status=AgreementStatus.REVOKED)


def books_of(*entities: Entity) -> Books:
    books = Books()
    for each in entities:
        books.put_entity(each)
    books.put_agreement(REVOKED)
    return books


def test_an_entity_without_another_agreement_is_cut_off() -> None:
    assert cut_off(books_of(entity(), entity("other")), BURBANK, NOW) == (BURBANK,)


def test_another_agreement_in_force_keeps_what_is_undelivered() -> None:
    books = books_of(entity())
    books.put_agreement(agreement("second"))
    assert cut_off(books, BURBANK, NOW) == ()


def test_an_agreement_that_ended_keeps_nothing() -> None:
    books = books_of(entity())
    books.put_agreement(replace(agreement("second"), end=NOW))
    assert cut_off(books, BURBANK, NOW) == (BURBANK,)
    assert cut_off(books, BURBANK, NOW - timedelta(seconds=1)) == ()


def test_heirs_are_cut_off_too_unless_they_have_an_agreement_of_their_own() -> None:
    books = books_of(entity(), UNIT, SUBUNIT)
    assert cut_off(books, BURBANK, NOW) == (BURBANK, "subunit", "unit")
    books.put_agreement(agreement("units-own", entity_id="unit"))
    assert cut_off(books, BURBANK, NOW) == (BURBANK,)


@pytest.mark.kafka
async def test_all_that_is_undelivered_goes_and_the_topic_stays(settings: Settings) -> None:
    topic = Topics.of(settings).out(BURBANK)
    await ensure_topics(settings.bootstrap_servers, (topic,), 1)
    producer = AIOKafkaProducer(bootstrap_servers=settings.servers)
    await producer.start()
    for number in range(3):
        await producer.send_and_wait(topic.name, str(number).encode(), partition=0)
    deleted = await delete_undelivered(settings, (BURBANK, EntityId("never-had-a-topic")))
    assert deleted == (Deleted(entity_id=BURBANK, offsets=3),)
    assert await delete_undelivered(settings, (BURBANK,)) == ()
    await producer.send_and_wait(topic.name, b"later", partition=0)
    await producer.stop()
    async with open_topic(settings, topic.name) as reader:
        assert [raw.value for raw in (await reader.read(5000)).records] == [b"later"]
