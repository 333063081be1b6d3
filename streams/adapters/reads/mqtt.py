"""The MQTT intake of reads: what cameras publish, acknowledged when it is on the disk.

The session is persistent, and a message of quality 1 stays with the broker until it is acknowledged, so it
is not lost when this process dies or cannot write. It may come twice; the sender writes each read once.
"""

import asyncio
from collections.abc import Mapping

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, topic_matches_sub
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from streams.adapters.reads.broker_address import BrokerAddress
from streams.adapters.reads.delivery import MOST_BYTES
from streams.adapters.reads.feed_file import FeedAccess
from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.spool import Payload, Spool
from streams.clock import Clock
from streams.errors import UnavailableError
from streams.logs import get_logger
from streams.metric_names import NotTaken

log = get_logger(__name__)

AT_LEAST_ONCE = 1
KEEPALIVE_SECONDS = 30
AGAIN_SECONDS = 1.0


class MqttIntake:
    """Takes messages of feeds with an `mqtt_topic` into the spool."""

    def __init__(
        self,
        broker: BrokerAddress,
        feeds: Mapping[str, FeedAccess],
        spool: Spool,
        meter: ReadMeter,
        clock: Clock,
    ) -> None:
        self._broker = broker
        self._filters = {each.mqtt_topic: each.feed.name for each in feeds.values() if each.mqtt_topic}
        self._spool = spool
        self._meter = meter
        self._clock = clock
        self.problem: str | None = "not connected to the MQTT broker yet"

    async def run(self) -> None:
        """Take messages until cancelled; a connection that ends is made anew."""
        while True:
            try:
                await self._session()
            except UnavailableError as error:
                if self.problem != str(error):
                    log.warning("no messages come from the MQTT broker", error=error)
                self.problem = str(error)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _session(self) -> None:
        # A client of its own for each connection: message ids begin anew with it, and an acknowledgement
        # that is late must not be taken for that of another message.
        connection = _Connection(self._broker, tuple(self._filters))
        try:
            await connection.open()
            while True:
                messages = await connection.messages()
                self.problem = None
                await self._keep(messages)
                for message in messages:
                    connection.acknowledge(message)
        finally:
            await connection.close()

    async def _keep(self, messages: list[MQTTMessage]) -> None:
        # Nothing more is acknowledged then, so the broker holds back what it has.
        while self._spool.is_full:
            self._meter.not_taken(NotTaken.SPOOL_FULL)
            self.problem = "the spool is full: Kafka has been away too long"
            await asyncio.sleep(AGAIN_SECONDS)
        payloads = [payload for message in messages if (payload := self._payload(message)) is not None]
        await asyncio.gather(*map(self._spool.put, payloads))
        for payload in payloads:
            self._meter.taken(payload.feed)

    def _payload(self, message: MQTTMessage) -> Payload | None:
        """Return what to keep of a message; None for what no feed sends, which would come for ever."""
        feed, size = self._feed_of(message), len(message.payload)
        if feed is None or size == 0 or size > MOST_BYTES:
            reason = NotTaken.OF_NO_FEED if feed is None else NotTaken.TOO_LARGE if size else NotTaken.EMPTY
            self._meter.not_taken(reason)
            log.warning("a message is left out", reason=reason, bytes=size)
            return None
        return Payload(feed=feed, content_type="", received_at=self._clock.now(), body=bytes(message.payload))

    def _feed_of(self, message: MQTTMessage) -> str | None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return None
        # A session that lasts remembers topics which the file of feeds has no more.
        return next((feed for each, feed in self._filters.items() if topic_matches_sub(each, topic)), None)


class _Connection:
    """One connection. The client calls back on a thread of its own; messages go from there to the loop."""

    def __init__(self, broker: BrokerAddress, filters: tuple[str, ...]) -> None:
        self._broker = broker
        self._filters = filters
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[MQTTMessage | UnavailableError | None] = asyncio.Queue()
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=broker.session,
            clean_session=False,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        if broker.tls is not None:
            self._client.tls_set_context(broker.tls)
        if broker.user is not None:
            self._client.username_pw_set(broker.user, broker.password)
        self._client.on_connect = self._connected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = lambda _client, _data, message: self._tell(message)
        self._client.on_disconnect = self._disconnected

    async def open(self) -> None:
        """Connect.

        Raises:
            UnavailableError: the broker does not answer, or not as one with its certificate.
        """
        where = (self._broker.host, self._broker.port, KEEPALIVE_SECONDS)
        try:
            await asyncio.to_thread(self._client.connect, *where)
        except (OSError, ValueError) as error:
            raise self._lost(type(error).__name__) from error
        self._client.loop_start()

    async def messages(self) -> list[MQTTMessage]:
        """Return what has arrived, in order; nothing at first, when the broker is ready to send.

        Raises:
            UnavailableError: the connection is lost, or the broker refuses something.
        """
        found = [await self._arrived.get()]
        while not self._arrived.empty():
            found.append(self._arrived.get_nowait())
        messages: list[MQTTMessage] = []
        for each in found:
            if isinstance(each, UnavailableError):
                raise each
            if each is not None:
                messages.append(each)
        return messages

    def acknowledge(self, message: MQTTMessage) -> None:
        """Tell the broker that a message is safe here."""
        self._client.ack(message.mid, message.qos)

    async def close(self) -> None:
        """End the connection; the session stays at the broker."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def _tell(self, what: MQTTMessage | UnavailableError | None) -> None:
        self._loop.call_soon_threadsafe(self._arrived.put_nowait, what)

    def _lost(self, why: str) -> UnavailableError:
        return UnavailableError(f"MQTT broker `{self._broker}`: {why}; trying again")

    def _connected(
        self, client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, _: Properties | None
    ) -> None:
        if code.is_failure:
            self._tell(self._lost(str(code)))
            return
        result, _mid = client.subscribe([(each, AT_LEAST_ONCE) for each in self._filters])
        if result is not MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._tell(self._lost(str(result)))

    def _subscribed(
        self, _client: Client, _data: object, _mid: int, codes: list[ReasonCode], _: Properties | None
    ) -> None:
        refused = any(code.is_failure for code in codes)
        self._tell(
            self._lost("it does not let this intake read the topics of the feeds") if refused else None
        )

    def _disconnected(
        self, _client: Client, _data: object, _flags: DisconnectFlags, code: ReasonCode, _: Properties | None
    ) -> None:
        self._tell(self._lost(str(code)))
