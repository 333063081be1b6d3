"""Settings of a deployment, from the environment (`ALPR_GATE_*`, and `KAFKA_BOOTSTRAP_SERVERS`).

They say how the gate runs and never what it allows: no setting weakens a rule, for rules come with the books,
where each change has an author and a record. The reference of settings is made from the descriptions here.
"""

import os
from pathlib import Path

from pydantic import AliasChoices, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from streams.errors import InputError

PREFIX = "ALPR_GATE_"


# Such a name is part of Kafka's own names and of keys in the books; an empty one would spoil both.
NAME = r"^[A-Za-z0-9._-]{1,100}$"


class Settings(BaseSettings):
    """One frozen value for the whole process. Durations are seconds unless the name says otherwise.

    `drain_seconds` must stay below the time that the group waits for a rebalance, which is `session_timeout`
    and 12 s more, and `heartbeat_seconds` well below `stale_after`.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid", populate_by_name=True)

    app_id: str = Field(
        default="alpr-gate", pattern=NAME, description="Consumer group and prefix of transactional ids"
    )
    bootstrap_servers: str = Field(
        default="127.0.0.1:9092",
        validation_alias=AliasChoices("KAFKA_BOOTSTRAP_SERVERS", "ALPR_GATE_BOOTSTRAP_SERVERS"),
        description="host:port of one or more brokers, comma separated",
    )
    instance_id: str = Field(
        default="worker-1",
        pattern=NAME,
        description="Stable name of this worker, its own among all: static group membership",
    )
    # 512 at most: each partition has a producer of its own, with its connections, in some worker.
    partitions: int = Field(default=4, ge=1, le=512, description="Partitions of requests; fixed at genesis")
    # Empty and not None, so that a process that is given none does not find its parent's.
    schema_registry: str = Field(
        default="",
        pattern=r"^(https?://[!-~]+)?$",
        description="URL of a schema registry with Confluent's API; none: the ids that come with the gate",
    )
    replication_factor: int = Field(default=1, ge=1, description="Copies of each topic")
    topic_prefix: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,100}$",
        description="Put before every topic name; for tests that share a broker",
    )
    ledger_origin: str = Field(
        default="alpr-gate/ledger",
        pattern=r"^[A-Za-z0-9._/-]{1,200}$",
        description="Name of the ledger in signed checkpoints; the same for ever",
    )
    keyring: Path | None = Field(default=None, description="File with the intake and pseudonym keys")
    vault: Path | None = Field(
        default=None, description="Folder with a key for each month, which seals plates and names"
    )
    reviewers: Path | None = Field(
        default=None, description="File with a verifier key a line of who may clear holds; none: nobody may"
    )
    counsel: Path | None = Field(
        default=None,
        description="File with a verifier key a line of who signs legal process; none: nobody may",
    )
    # A year at most: so long the topic of marks is kept.
    remembered_holds_days: int = Field(
        default=30, ge=1, le=300, description="Days for which asking again for what was held is held too"
    )
    exigent_minutes: float = Field(
        default=60.0, gt=0, description="An exigent request that is held is answered within so many minutes"
    )

    # A person may have to find a token, or to log in.
    signer_seconds: float = Field(
        default=60.0, gt=0, description="Longest wait for a program that signs in place of a key file"
    )

    open_task_hours: float = Field(
        default=72.0, gt=0, le=8760,
        description="A vendor's share that is not confirmed closed for so many hours alerts",
    )  # fmt: skip

    custodians: Path | None = Field(
        default=None, description="File with the verifier keys of those who may change the books"
    )
    # Named for what it gives away, and asked for: who can write to the topic then changes who gets data.
    unsigned_books: bool = Field(
        default=False, description="Without custodians: whoever can write to the books may change them"
    )
    books_owner: Path | None = Field(
        default=None,
        description="File with the verifier key of the books' owner, whose heartbeats they then need",
    )
    owner_stale_after: float = Field(
        default=30.0, gt=0, description="Books are STALE after so long without a heartbeat of their owner"
    )

    # What a transaction costs hardly depends on its size: it is round trips. So batches are large, and only
    # the time that one draft takes, and what it holds in memory, speak against larger ones.
    batch_records: int = Field(default=500, ge=1, description="Most records of one transaction")
    batch_bytes: int = Field(default=4 << 20, ge=1024, description="Most input bytes of one transaction")
    pending_bytes: int = Field(
        default=16 << 20, ge=1024, description="Most input bytes waiting per partition"
    )
    slice_seconds: float = Field(default=0.01, gt=0, description="Longest stretch of deciding between awaits")
    # Also how long a client waits for a broker before it gives up.
    transaction_timeout: float = Field(
        default=15.0, gt=1, description="Broker aborts a transaction after this"
    )
    session_timeout: float = Field(
        default=8.0, gt=1, description="Broker declares a silent worker dead after this"
    )
    remembered_ids: int = Field(
        default=50_000, ge=1, description="Decisions, and accesses, remembered per partition, for repeats"
    )
    holes_per_minute: int = Field(default=3, ge=0, description="Holes re-read before the worker gives up")
    drain_seconds: float = Field(default=10.0, gt=0, description="Longest graceful stop")

    # Several heartbeats fit into `stale_after`, so that a late one does not stop the gate.
    heartbeat_seconds: float = Field(
        default=1.0, gt=0, description="Each worker's own heartbeat in the books"
    )
    stale_after: float = Field(
        default=4.0, gt=0, description="Books are STALE after so long without heartbeat"
    )
    min_revision_wait: float = Field(default=2.0, ge=0, description="Wait for a request's minimum revision")

    # The pages have no authentication, so they are for this machine alone unless somebody says otherwise.
    web_host: str = Field(default="127.0.0.1", description="Address of /metrics, /healthz and /readyz")
    web_port: int = Field(default=6066, ge=0, le=65535, description="Port of the same; 0 picks a free one")
    # For this machine alone unless it speaks TLS, or somebody says that a proxy does.
    api_host: str = Field(default="127.0.0.1", description="Address of the API for partner agencies")
    api_port: int = Field(default=7390, ge=0, le=65535, description="Port of the same; 0 picks a free one")
    api_tokens: Path | None = Field(default=None, description="File with the digests of agencies' tokens")
    api_certificate: Path | None = Field(
        default=None, description="Certificate of the API with its chain, PEM"
    )
    api_certificate_key: Path | None = Field(default=None, description="Private key of the same, PEM")
    api_client_ca: Path | None = Field(
        default=None, description="CAs that issue client certificates, PEM; none: the API asks for none"
    )
    api_clients: Path | None = Field(
        default=None, description="File with the entity of each client certificate"
    )
    api_behind_proxy: bool = Field(
        default=False,
        description="The API speaks plain HTTP beyond this machine: a proxy with TLS is before it",
    )
    api_metrics_port: int = Field(
        default=7391, ge=0, le=65535, description="Port of the API's /metrics, at ALPR_GATE_WEB_HOST"
    )
    review_metrics_port: int = Field(
        default=7392, ge=0, le=65535, description="Port of /metrics of `review watch`, at ALPR_GATE_WEB_HOST"
    )
    releases_host: str = Field(default="127.0.0.1", description="Address of the desk of releases")
    releases_port: int = Field(
        default=7394, ge=0, le=65535, description="Port of the same; 0 picks a free one"
    )
    images: Path | None = Field(default=None, description="Folder of the images that releases refer to")
    receipt_hours: float = Field(
        default=24, gt=0, description="Hours after which a receipt of an order that was begun is overdue"
    )
    api_per_minute: int = Field(default=600, ge=1, description="Most requests of one agency in a minute")
    # Without TLS as well, and cameras often know no other way: for a proxy, or a network of their own.
    reads_host: str = Field(default="127.0.0.1", description="Address of the intake of reads")
    reads_port: int = Field(default=7393, ge=0, le=65535, description="Port of the same; 0 picks a free one")
    feeds: Path | None = Field(default=None, description="File of the feeds of reads, with their secrets")
    spool: Path | None = Field(default=None, description="File that keeps reads until Kafka has them")
    spool_bytes: int = Field(
        default=4 << 30, ge=1 << 20, description="Most bytes of payloads in the spool; then no more are taken"
    )
    remembered_reads: int = Field(
        default=50_000, ge=1000, description="Reads whose ids are remembered, to write each once"
    )
    log_level: str = Field(default="info", description="debug, info, warning or error")
    log_json: bool = Field(default=False, description="JSON lines instead of coloured text")

    kafka_cache: Path | None = Field(default=None, description="Where the embedded broker's jars are kept")

    @field_validator("bootstrap_servers")
    @classmethod
    def _without_scheme(cls, value: str) -> str:
        if not value.strip():
            msg = "expected host:port, got nothing"
            raise ValueError(msg)
        return ",".join(part.strip().removeprefix("kafka://") for part in value.split(","))

    @property
    def servers(self) -> list[str]:
        """Return the brokers as `host:port` strings; aiokafka wants a list, Faust and people a line."""
        return self.bootstrap_servers.split(",")

    def environment(self) -> dict[str, str]:
        """Return the variables that give another process these settings.

        Values that are not set are left out, so that the other process has its own defaults for them.
        """
        values = self.model_dump(exclude_none=True, exclude={"bootstrap_servers"})
        named = {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()}
        return {**named, "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap_servers}


def load_settings() -> Settings:
    """Return the settings of the environment.

    Raises:
        InputError: one of them is not what it must be, or there is no such setting. A misspelt name that
            passed unseen would leave its default in force.
    """
    # pydantic looks up the names that it knows and sees no others, so the rest is looked for here.
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and not _is_setting(name))
    if unknown:
        raise InputError(f"there is no setting `{unknown[0]}`; the reference lists all there are")
    try:
        return Settings()
    except ValidationError as error:
        # The first is enough for one line; its value is left out, which may be a secret by mistake.
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"setting {_variable(str(first['loc'][0]))}: {message}") from error


def _is_setting(variable: str) -> bool:
    return variable.removeprefix(PREFIX).lower() in Settings.model_fields


def _variable(where: str) -> str:
    """Return the name of the variable; one with an alias is told by that, the others by their field."""
    return where if where.startswith(("KAFKA_", PREFIX)) else f"{PREFIX}{where.upper()}"
