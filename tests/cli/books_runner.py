"""Run `alpr-gate` on the books of one test."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from click.testing import CliRunner

from streams.cli import cli
from streams.errors import GateError
from streams.policy.request import SharingRequest
from streams.settings import Settings
from tests.gatehouse import Gatehouse, Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command printed, and how it ended: an error by its text and exit code."""

    output: str
    error: str
    exit_code: int


Gate = Callable[..., Ended]


async def gate_after(house: Gatehouse, requests: Iterable[SharingRequest], *junk: Raw) -> Gate:
    """Return the commands on a Kafka where a gate has decided these and ended."""
    worker = await (await house.worker()).ready(partitions=2)
    await house.send(requests)
    for raw in junk:
        await house.put(house.topics.requests.name, raw.value, 0, raw.key)
    await house.decided()
    await worker.kill()
    return gate_on(house.settings)


def gate_on(settings: Settings) -> Gate:
    """Return what runs a command with these settings in its environment."""
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "ALPR_GATE_APP_ID": settings.app_id,
        "ALPR_GATE_TOPIC_PREFIX": settings.topic_prefix,
        "ALPR_GATE_PARTITIONS": str(settings.partitions),
        "ALPR_GATE_UNSIGNED_BOOKS": str(settings.unsigned_books),
    }
    for name in ("vault", "custodians", "reviewers"):
        if (path := getattr(settings, name)) is not None:
            environment[f"ALPR_GATE_{name.upper()}"] = str(path)

    def gate(*arguments: str, stdin: str | None = None) -> Ended:
        result = CliRunner().invoke(cli, arguments, input=stdin, env=environment)
        failure = result.exception
        if failure is not None and not isinstance(failure, GateError | SystemExit):
            raise failure
        code = failure.exit_code if isinstance(failure, GateError) else result.exit_code
        error = str(failure) if isinstance(failure, GateError) else result.stderr
        return Ended(output=result.stdout, error=error, exit_code=code)

    return gate
