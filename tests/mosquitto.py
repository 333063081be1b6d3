"""A real MQTT broker for one test: Debian's mosquitto, which the test may stop and start again."""

import asyncio
import getpass
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from streams.kafka.ports import free_port
from tests.programs import program_path
from tests.workers import eventually

USER, PASSWORD = "camera", "a password"


class Mosquitto:
    """The process; `port` stays the same when it starts again, and so do the sessions."""

    def __init__(self, folder: Path, lines: tuple[str, ...], tls: ssl.SSLContext | None) -> None:
        self.port = free_port()
        self._tls = tls
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            "\n".join(
                (
                    f"listener {self.port} 127.0.0.1",
                    "allow_anonymous true",
                    "persistence true",
                    # Of root it would make itself another, which may not write into the folder.
                    f"user {getpass.getuser()}",
                    f"persistence_location {folder}/",
                    *lines,
                    "",
                )
            )
        )
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"{'mqtt' if self._tls is None else 'mqtts'}://127.0.0.1:{self.port}"

    async def start(self) -> None:
        program = program_path("mosquitto")
        assert program is not None
        self._process = await asyncio.create_subprocess_exec(program, "-c", str(self._config))

        async def it_listens() -> bool:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                return False
            writer.close()
            return True

        await eventually(it_listens)

    async def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()

    async def publish(self, topic: str, bodies: Iterable[bytes]) -> None:
        """Publish, and wait until the broker has each."""
        await asyncio.to_thread(self._publish, topic, tuple(bodies))

    def _publish(self, topic: str, bodies: tuple[bytes, ...]) -> None:
        client = Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(USER, PASSWORD)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        try:
            for each in [client.publish(topic, body, qos=1) for body in bodies]:
                each.wait_for_publish(timeout=60)
        finally:
            client.disconnect()
            client.loop_stop()


@asynccontextmanager
async def mosquitto(folder: Path, *lines: str, tls: ssl.SSLContext | None = None) -> AsyncIterator[Mosquitto]:
    """Run a broker while the context lasts; `lines` are added to its configuration, `tls` is its clients'."""
    broker = Mosquitto(folder, lines, tls)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()
