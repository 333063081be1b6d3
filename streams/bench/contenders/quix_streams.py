"""Quix Streams, exactly-once: one row at a time through its dataframe, committed at its default interval."""

from collections.abc import Iterable
from typing import Any

from quixstreams import Application, message_context
from quixstreams.models import Serializer, Topic

from streams.bench.work import Work
from streams.codecs.trace_context import Header
from streams.settings import Settings
from streams.topics import Topics

# topic, key, value, headers
Row = tuple[str, bytes | None, bytes | None, list[Header]]


class ValueOfRow(Serializer):
    """Writes the value of a row, whose topic, key and headers the dataframe takes out of it by itself."""

    def __call__(self, value: Row, *_: Any, **__: Any) -> Any:
        """Return the bytes of the row's value."""
        return value[2]


def run(settings: Settings, work: Work) -> None:
    """Run until killed."""
    app = Application(
        broker_address=settings.bootstrap_servers,
        consumer_group=settings.app_id,
        auto_offset_reset="earliest",
        auto_create_topics=False,
        processing_guarantee="exactly-once",
        loglevel="WARNING",
    )
    outputs: dict[str, Topic] = {}

    def output_of(name: str) -> Topic:
        if name not in outputs:
            outputs[name] = app.topic(name, key_serializer="bytes", value_serializer=ValueOfRow())
        return outputs[name]

    def decide(value: bytes) -> Iterable[Row]:
        work.take(message_context().offset, value)
        return [(topic, *row) for (topic, _), rows in work.drain().items() for row in rows]

    requests = app.topic(
        Topics.of(settings).requests.name, key_deserializer="bytes", value_deserializer="bytes"
    )
    rows = app.dataframe(requests).apply(decide, expand=True)
    rows = rows.set_headers(lambda row, *_: row[3])
    rows.to_topic(lambda row, *_: output_of(row[0]), key=lambda row: row[1])
    app.run()
