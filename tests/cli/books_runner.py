"""Run `alpr-gate` on the books of one test."""

from collections.abc import Callable
from dataclasses import dataclass

from click.testing import CliRunner

from streams.cli import cli
from streams.errors import GateError
from streams.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command printed, and how it ended: an error by its text and exit code."""

    output: str
    error: str
    exit_code: int


Gate = Callable[..., Ended]


def gate_on(settings: Settings) -> Gate:
    """Return what runs a command with these settings in its environment."""
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": settings.bootstrap_servers,
        "ALPR_GATE_APP_ID": settings.app_id,
        "ALPR_GATE_TOPIC_PREFIX": settings.topic_prefix,
        "ALPR_GATE_PARTITIONS": str(settings.partitions),
    }
    for name in ("vault", "custodians"):
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
