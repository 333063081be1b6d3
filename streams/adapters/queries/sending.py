"""Searches handed to Kafka, keyed by organisation; one that is sent twice is one search on record."""

from collections.abc import Iterable

from streams.adapters.intake import open_producer, request_headers, send_values, windows_of
from streams.codecs.query_event import encode_query_event
from streams.kafka.admin import ensure_topics
from streams.policy.query_event import QueryEvent, access_id_of
from streams.settings import Settings
from streams.topics import Topics


async def send_queries(settings: Settings, events: Iterable[QueryEvent]) -> int:
    """Write the searches to their topic, which is made if it is missing, and return how many.

    Raises:
        UnavailableError: no broker takes them; what was sent before is on the topic.
        InputError: one is larger than the topic allows.
    """
    topic = Topics.of(settings).queries
    await ensure_topics(settings.bootstrap_servers, [topic], settings.replication_factor)
    sent = 0
    async with open_producer(settings) as producer:
        for window in windows_of(events):
            rows = [
                (
                    event.organisation,
                    encode_query_event(event),
                    request_headers("QueryEvent", event.searched_at, access_id_of(event)),
                )
                for event in window
            ]
            await send_values(producer, topic.name, rows)
            sent += len(window)
    return sent
