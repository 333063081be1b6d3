"""A Faust agent as the documentation writes one: an event at a time, at-least-once."""

import tempfile

import faust
from faust.types import TopicT

from streams.bench.work import Work
from streams.settings import Settings
from streams.topics import Topics


def run(settings: Settings, work: Work, guarantee: str = "at_least_once") -> None:
    """Run until killed."""
    app = faust.App(
        settings.app_id,
        broker=[f"kafka://{server}" for server in settings.servers],
        store="memory://",
        datadir=tempfile.gettempdir(),
        key_serializer="raw",
        value_serializer="raw",
        processing_guarantee=guarantee,
        consumer_auto_offset_reset="earliest",
        # The topics are there already, in the shapes that all contenders share.
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
    )
    outputs: dict[str, TopicT] = {}

    def output_of(name: str) -> TopicT:
        if name not in outputs:
            outputs[name] = app.topic(name, key_type=bytes, value_type=bytes)
        return outputs[name]

    @app.agent(app.topic(Topics.of(settings).requests.name, key_type=bytes, value_type=bytes))
    async def decide(requests: faust.StreamT[bytes]) -> None:
        async for event in requests.events():
            work.take(event.message.offset, event.value)
            for (topic, partition), rows in work.drain().items():
                for key, value, headers in rows:
                    await output_of(topic).send(
                        key=key,
                        value=value,
                        partition=partition,
                        headers={name: told or b"" for name, told in headers},
                    )

    faust.Worker(app, loglevel="warning").execute_from_commandline()
