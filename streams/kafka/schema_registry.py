"""Puts our schemas into a schema registry with Confluent's API, and takes the ids that it gives them.

A version of a schema goes under the subject of its record: that of its topic where the topic holds nothing
else, as ksqlDB and Connect look for it (TopicNameStrategy), otherwise its own name (RecordNameStrategy).
Every version of every record is there, so that whoever reads an old topic finds them all.

Nothing that the registry says is taken on trust: the schema behind each id must be ours to the fingerprint.
"""

import asyncio
import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import aiohttp
from fastavro.schema import fingerprint, to_parsing_canonical_form
from yarl import URL

from streams.codecs.catalogue import Row, rows, schema_text
from streams.codecs.schema_ids import ids_in_use, refuse_ambiguous, use_ids
from streams.errors import GateError, InputError, UnavailableError
from streams.settings import Settings
from streams.topics import Topics, TopicSpec

COMPATIBILITY = "FULL_TRANSITIVE"
# A registry that starts takes seconds for its first answer.
TIMEOUT = aiohttp.ClientTimeout(total=30)
# As many as a client opens connections; a registry has dozens of our schemas, not thousands.
LOOKED_UP_AT_ONCE = 8
TRIES = 5
AGAIN_SECONDS = 0.2
MEDIA_TYPE = {"Content-Type": "application/vnd.schemaregistry.v1+json"}
LARGEST_ID = 0x7FFF_FFFF
_REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)


async def settle_schema_ids(settings: Settings) -> None:
    """Take the ids of the schema registry for this process, once; without one there is nothing to do.

    What it lacks is registered. To be called before the process reads or writes any record.

    Raises:
        InputError: the registry refuses a schema or this client, or an id of it stands for two schemas.
        UnavailableError: it does not answer, or not as a registry does.
    """
    if not settings.schema_registry or ids_in_use():
        return
    use_ids(await registered_ids(settings))


async def registered_ids(settings: Settings) -> dict[bytes, int]:
    """Return the id that the registry of the settings gives to every schema on record, by fingerprint.

    Raises:
        InputError: the registry refuses a schema or this client, or gives a new schema an id of ours.
        UnavailableError: it does not answer, or not as a registry does.
    """
    async with aiohttp.ClientSession(timeout=TIMEOUT, headers=MEDIA_TYPE) as session:
        registry = _Registry(session, URL(settings.schema_registry))
        return await registry.ids(subjects(Topics.of(settings)))


def subjects(topics: Topics) -> Mapping[str, str]:
    """Return the subject of each record, by the name of its file."""
    alone: Mapping[str, TopicSpec] = {
        "ledger_record": topics.decisions,
        "sealed_hold": topics.holds,
        "answer": topics.answers,
        "alert": topics.alerts,
        "dead_letter": topics.dead_letters,
        "book_event": topics.books_events,
        "books_ack": topics.books_acks,
        "admin_action": topics.admin_actions,
        "release_action": topics.release_actions,
        "disclosure_order": topics.disclosures,
        "read_event": topics.reads,
        "query_event": topics.queries,
        "query_access": topics.queries_access,
        "share_change": topics.share_changes,
        "live_record": topics.manifests,
    }
    return {
        row.record: f"{alone[row.record].name}-value" if row.record in alone else _full_name(row)
        for row in rows()
    }


def _full_name(row: Row) -> str:
    schema = json.loads(schema_text(row))
    return f"{schema['namespace']}.{schema['name']}"


class _Registry:
    """The few calls of the registry that are needed. No message shows its URL, which may hold a password."""

    def __init__(self, session: aiohttp.ClientSession, url: URL) -> None:
        self._session = session
        self._url = url
        self._turns = asyncio.Semaphore(LOOKED_UP_AT_ONCE)

    async def ids(self, subject_of: Mapping[str, str]) -> dict[bytes, int]:
        """Return the id of every schema on record; those that the registry lacks are registered first."""
        looked_up = await asyncio.gather(*(self._look_up(row, subject_of[row.record]) for row in rows()))
        found: dict[bytes, int] = {}
        # One after the other, in the order of our own ids: an empty registry counts as we did, and then an
        # id means the same with it and without.
        for row, known in zip(rows(), looked_up, strict=True):
            schema_id = await self._register(row, subject_of[row.record]) if known is None else known
            found[bytes.fromhex(row.fingerprint)] = schema_id
        return found

    async def _look_up(self, row: Row, subject: str) -> int | None:
        async with self._turns:
            status, said = await self._call("POST", ("subjects", subject), {"schema": schema_text(row)})
        if status != HTTPStatus.OK:
            return None
        return self._verified(row, said)

    async def _register(self, row: Row, subject: str) -> int:
        for _ in range(TRIES):
            said = await self._put(row, subject)
            # Asked for again: the answer to a registration has the id and not the schema that it stands for.
            schema_id = await self._look_up(row, subject)
            if schema_id is not None:
                # At the first one, before all the others are left behind in a registry that is of no use.
                refuse_ambiguous({bytes.fromhex(row.fingerprint): schema_id})
                return schema_id
            # Another process that starts now may have been in the way; its schemas are the same as ours.
            await asyncio.sleep(AGAIN_SECONDS)
        raise said

    async def _put(self, row: Row, subject: str) -> GateError:
        """Register a version, and return what is to be said if it is not there then."""
        versions = ("subjects", subject, "versions")
        # The rule before the schema, so that no version ever stands there without it.
        for method, path, body in (
            ("PUT", ("config", subject), {"compatibility": COMPATIBILITY}),
            ("POST", versions, {"schema": schema_text(row)}),
        ):
            status, _ = await self._call(method, path, body)
            if status == HTTPStatus.CONFLICT:
                return InputError(f"the schema registry refuses `{'/'.join(path)}` (HTTP {status})")
        return self._no_registry()

    def _verified(self, row: Row, said: Any) -> int:
        """Return the id, if the schema that comes with it is the one that was meant."""
        try:
            schema_id, schema = said["id"], json.loads(said["schema"])
            digest = fingerprint(to_parsing_canonical_form(schema), "SHA-256")
        except (KeyError, TypeError, ValueError) as error:
            raise self._no_registry() from error
        if digest != row.fingerprint or type(schema_id) is not int or not 0 < schema_id <= LARGEST_ID:
            raise InputError(
                f"the schema registry at {self._where} has another schema where `{row.file}` should be"
            )
        return schema_id

    async def _call(self, method: str, path: tuple[str, ...], body: object) -> tuple[int, Any]:
        url = self._url
        for part in path:
            url = url / part
        try:
            async with self._session.request(method, url, data=json.dumps(body).encode()) as response:
                status, text = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise UnavailableError(
                f"the schema registry at {self._where} does not answer ({type(error).__name__}); without it "
                "nobody knows the ids of schemas, so nothing is read or written"
            ) from error
        if status in _REFUSALS:
            raise InputError(f"the schema registry refuses `{'/'.join(path)}` (HTTP {status})")
        if status not in (HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT):
            raise UnavailableError(f"the schema registry at {self._where} fails (HTTP {status})")
        try:
            return status, json.loads(text)
        except ValueError as error:
            raise self._no_registry() from error

    def _no_registry(self) -> UnavailableError:
        return UnavailableError(f"what answers at {self._where} is no schema registry of Confluent's API")

    @property
    def _where(self) -> str:
        return f"{self._url.host}:{self._url.port}{self._url.path}"
