"""The headers by which other programs know a record unread: CloudEvents 1.0, binary mode of Kafka.

They say what a record is, who wrote it and when. Nothing from a request stands there but ids that are derived
from it, since headers are read and logged by what was never meant to see a plate or a name.
"""

from datetime import UTC, datetime

from streams.codecs.trace_context import Header, Headers, span_of, trace_begun_by

# The body is Avro behind five bytes that name its schema.
CONTENT_TYPE = b"application/avro"


def event_headers(record: str, source: str, at: datetime | None) -> Headers:
    """Return the headers that all records of a kind share which are written at once.

    `record` is the name of its schema, `source` the URI reference of whoever writes it, and `at` when
    it happened; None is not known.
    """
    headers = (
        ("ce_specversion", b"1.0"),
        ("ce_type", f"org.alprgate.{record}".encode()),
        ("ce_source", source.encode()),
        ("content-type", CONTENT_TYPE),
    )
    return headers if at is None else (*headers, ("ce_time", at.astimezone(UTC).isoformat().encode()))


def first_headers(shared: Headers, event_id: str) -> list[Header]:
    """Return the headers of an event with which a trace begins.

    `event_id` is derived from the event, so that it is the same when the event is sent again.
    """
    return [*shared, ("ce_id", event_id.encode()), trace_begun_by(event_id).at(span_of(event_id))]
