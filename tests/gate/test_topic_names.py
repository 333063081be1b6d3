from streams.gate.topic_names import NOBODY, names_of
from streams.policy.vocabulary import EntityId
from streams.topics import Topics


def test_the_names_are_those_of_the_topics() -> None:
    topics = Topics("x.", 3)
    names = names_of(topics)
    described = {field: getattr(topics, field).name for field in names._fields if field != "out"}
    assert names._asdict() == described | {"out": topics.out(NOBODY).name}


def test_a_recipient_has_a_topic_of_its_own() -> None:
    topics, entity_id = Topics("x.", 3), EntityId("pasadena-pd")
    assert names_of(topics).out_of(entity_id) == topics.out(entity_id).name
