"""Every metric by name, with its meaning: the one list that code, alerts, dashboard and reference share.

Prometheus conventions: base units, `_total` for counters, `_seconds` for times. A label takes its values
from a closed set or is the number of a partition.

A name that is out is a promise: alerts, dashboards and recorded series of others go by it.
"""

from dataclasses import dataclass
from enum import StrEnum

# The states of `streams.books`, which this layer may not import; a test compares them.
BOOKS_STATES = ("loading", "current", "stale", "failed")

# Seconds, dense where answers are expected: a transaction takes some milliseconds.
_STEP_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_REQUEST_BUCKETS = (0.002, 0.004, 0.008, 0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
# Records of a transaction, from a trickle to more than a full batch of the default settings (500).
_RECORD_BUCKETS = (1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 2048.0, 4096.0)


class Step(StrEnum):
    """Where the time of one batch goes; TOTAL is from its first record's arrival to its commit."""

    WAIT = "wait"
    DECIDE = "decide"
    PRODUCE = "produce"
    COMMIT = "commit"
    TOTAL = "total"


class Outcome(StrEnum):
    """How a transaction ended.

    ABORTED is repeated and costs only time. FENCED ends the worker: its partition belongs to another.
    """

    COMMITTED = "committed"
    ABORTED = "aborted"
    FENCED = "fenced"


class Input(StrEnum):
    """The inputs of a worker beside the requests."""

    READS = "reads"
    QUERIES = "queries"
    SHARE_CHANGES = "share_changes"


class Operation(StrEnum):
    """The pages for agencies, of the API and of the desk of releases; OTHER is all else, or not there."""

    SUBMIT = "submit"
    SHOW = "show"
    SUPPLEMENT = "supplement"
    WITHDRAW = "withdraw"
    REDEEM = "redeem"
    RECEIPT = "receipt"
    FETCH = "fetch"
    OTHER = "other"


class Refused(StrEnum):
    """Why the API let somebody not in."""

    NOBODY = "nobody"
    TOKEN = "token"  # noqa: S105  # a word, and no secret
    CERTIFICATE = "certificate"
    MISMATCH = "mismatch"
    RATE = "rate"
    UNREADABLE = "unreadable"


class NotTaken(StrEnum):
    """Why the intake of reads did not take a payload; REFUSED is what did not show to be the feed's."""

    REFUSED = "refused"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OF_NO_FEED = "of_no_feed"
    SPOOL_FULL = "spool_full"
    DISK = "disk"


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric: its name without the prefix, its meaning, its labels, the buckets of a histogram.

    Buckets are upper bounds, inclusive and rising, in the unit that the name says.
    """

    short: str
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """Return the full name."""
        return f"alpr_gate_{self.short}"

    @property
    def kind(self) -> str:
        """Return the type: a name in `_total` is a counter, buckets make a histogram, the rest are gauges."""
        if self.buckets:
            return "histogram"
        return "counter" if self.short.endswith("_total") else "gauge"


DECISIONS = MetricSpec(
    "decisions_total", "Decisions, by verdict and leading reason", ("verdict", "reason", "tier")
)
LEDGER_RECORDS = MetricSpec("ledger_records_total", "Records written to the ledger, by kind", ("kind",))
DEAD_LETTERS = MetricSpec("dead_letters_total", "Inputs that could not be read")
TRANSACTIONS = MetricSpec("transactions_total", "Kafka transactions, by how they ended", ("outcome",))
HOLES = MetricSpec("holes_total", "Gaps found between two batches of a partition, and read again")
REROUTED = MetricSpec("rerouted_total", "Requests moved to the partition where their key belongs")
STEP_SECONDS = MetricSpec("step_seconds", "Time of one batch, by step", ("step",), _STEP_BUCKETS)
REQUEST_SECONDS = MetricSpec(
    "request_seconds",
    "Time from a request's Kafka timestamp to the commit of its decision",
    (),
    _REQUEST_BUCKETS,
)
BATCH_RECORDS = MetricSpec("batch_records", "Requests decided in one transaction", (), _RECORD_BUCKETS)
BOOKS_STATE = MetricSpec(
    "books_state", "State of the books: 1 for the one they are in, 0 for the others", ("state",)
)
BOOKS_REVISION = MetricSpec("books_revision", "Offset of the last change of the books that was applied")
BOOKS_AGE = MetricSpec(
    "books_age_seconds", "Time since the newest heartbeat that came back through the books"
)
BOOKS_UNREADABLE = MetricSpec("books_unreadable_keys", "Keys of the books whose value cannot be read")
BOOKS_REFUSED = MetricSpec(
    "books_refused_records", "Records of the books that count for nothing: nobody who may has signed them"
)
MARKS_UNREAD = MetricSpec(
    "marks_unread_records",
    "Records among the marks that cannot be read; nothing is decided until each is passed over",
)
VAULT_MONTHS = MetricSpec("vault_months", "Months in a row, from this one on, that have a key; 3 for more")
EVIDENCE_OVERDUE = MetricSpec(
    "evidence_holds_overdue", "Evidence holds that nobody has verified in time, so that they lift nothing"
)
AGREEMENTS_OVERDUE = MetricSpec(
    "agreements_overdue", "Agreements under which something is owed since a day that is over"
)
AGREEMENTS_STOPPED = MetricSpec(
    "agreements_stopped", "Active agreements that let nothing through because of what is overdue"
)
TASKS_OPEN = MetricSpec("tasks_open", "Vendors' shares that nobody has confirmed closed after a stop")
TASKS_LATE = MetricSpec("tasks_late", "Those of them that are open for longer than they may be")
INPUT_LAG = MetricSpec("input_lag_records", "Records of another input that wait", ("input", "partition"))
INPUT_POSITION = MetricSpec(
    "input_chain_position", "Sequence number of the newest record of its chain", ("input", "partition")
)
LIVE_DELIVERIES = MetricSpec("live_deliveries_total", "Reads sent on to recipients of live shares")
LIVE_WITHHELD = MetricSpec("live_withheld_total", "Reads that go to nobody, by why", ("reason",))
LIVE_KEPT_BACK = MetricSpec(
    "live_kept_back_total", "Deliveries that one recipient does not get, by why", ("reason",)
)
QUERY_RECORDS = MetricSpec("query_records_total", "Searches put on record, by kind of record", ("kind",))
QUERY_FINDINGS = MetricSpec(
    "query_findings_total", "What was found about searches, by rule", ("reason", "severity")
)
SHARE_CHANGES = MetricSpec("share_changes_total", "What vendors opened and closed, by kind", ("kind",))
DRIFT_FINDINGS = MetricSpec(
    "drift_findings_total", "What was found about shares that vendors opened, by rule", ("reason",)
)
LAG = MetricSpec("lag_records", "Requests that wait to be decided", ("partition",))
CHAIN_POSITION = MetricSpec("chain_position", "Sequence number of the newest ledger record", ("partition",))
HOLDS_OPEN = MetricSpec("holds_open", "Requests on hold", ("partition",))
HOLDS_FOR_REVIEW = MetricSpec("holds_for_review", "Requests on hold that wait for a reviewer", ("partition",))
HOLDS_EXIGENT = MetricSpec(
    "holds_exigent", "Exigent requests on hold, which wait for minutes alone", ("partition",)
)
HOLDS_OLDEST = MetricSpec(
    "holds_oldest_age_seconds", "Age of the oldest open hold, 0 for none", ("partition",)
)
HOLDS_OVERDUE = MetricSpec(
    "holds_overdue_seconds",
    "Time since a deadline passed that no record answers yet, 0 for none",
    ("partition",),
)

SHADOW_JUDGED = MetricSpec("shadow_judged_total", "Decisions of the gate that the shadow has judged too")
SHADOW_DISAGREEMENTS = MetricSpec(
    "shadow_disagreements_total",
    "Decisions that the shadow would make otherwise, by what was decided and what it would decide",
    ("live", "shadow"),
)
SHADOW_LEFT_OUT = MetricSpec(
    "shadow_left_out_total", "Records of the ledger that a shadow cannot judge, by kind", ("kind",)
)
API_REQUESTS = MetricSpec(
    "api_requests_total", "Requests to the API, by operation and class of status", ("operation", "status")
)
API_REFUSED = MetricSpec("api_refused_total", "Who was not let in by the API, by reason", ("reason",))
API_SECONDS = MetricSpec(
    "api_request_seconds", "Time from a request to the API to its response", (), _REQUEST_BUCKETS
)

LOOKS_DUE = MetricSpec("second_looks_due", "What left in haste and nobody has looked at again")
LOOKS_OVERDUE = MetricSpec("second_looks_overdue", "The same, where the time for it is over")

DRIFT_OPEN = MetricSpec(
    "drift_findings_open", "What the last comparison with a vendor's list found, by rule", ("reason",)
)
DRIFT_COMPARED = MetricSpec(
    "drift_compared_timestamp_seconds", "When a vendor's list was last compared, as seconds since 1970"
)

# On the page of `alpr-gate drift --every`, which is a process of its own.
DRIFT_METRICS = (DRIFT_OPEN, DRIFT_COMPARED)

READS_TAKEN = MetricSpec("reads_taken_total", "Payloads of feeds that were taken into the spool", ("feed",))
READS_NOT_TAKEN = MetricSpec("reads_not_taken_total", "Payloads that were not taken, by reason", ("reason",))
READS_WRITTEN = MetricSpec("reads_written_total", "Reads written to alpr.reads, by feed", ("feed",))
READS_REPEATED = MetricSpec("reads_repeated_total", "Reads that were there already, by feed", ("feed",))
READS_UNREAD = MetricSpec(
    "reads_unread_total", "Parts of payloads that are no reads, by feed and reason", ("feed", "reason")
)
SPOOL_PAYLOADS = MetricSpec("reads_spool_payloads", "Payloads in the spool that Kafka does not have yet")
SPOOL_BYTES = MetricSpec("reads_spool_bytes", "Their size")
SPOOL_LIMIT = MetricSpec("reads_spool_limit_bytes", "Size at which no more are taken")
SPOOL_AGE = MetricSpec("reads_spool_oldest_age_seconds", "Time since the oldest of them came, 0 for none")
FEED_IDLE = MetricSpec("reads_feed_idle_seconds", "Time since the last read of a feed came", ("feed",))
FEED_MAY_IDLE = MetricSpec(
    "reads_feed_silent_after_seconds", "Time after which a feed without reads is silent", ("feed",)
)

# Those of `alpr-gate reads serve`.
READS_METRICS = (
    READS_TAKEN, READS_NOT_TAKEN, READS_WRITTEN, READS_REPEATED, READS_UNREAD, SPOOL_PAYLOADS, SPOOL_BYTES,
    SPOOL_LIMIT, SPOOL_AGE, FEED_IDLE, FEED_MAY_IDLE,
)  # fmt: skip
# Those of `alpr-gate review watch`.
REVIEW_METRICS = (LOOKS_DUE, LOOKS_OVERDUE)
# Those of the API are served by its own process.
API_METRICS = (API_REQUESTS, API_REFUSED, API_SECONDS)
METRICS = (
    DECISIONS, LEDGER_RECORDS, DEAD_LETTERS, TRANSACTIONS, HOLES, REROUTED, STEP_SECONDS, REQUEST_SECONDS,
    BATCH_RECORDS, BOOKS_STATE, BOOKS_REVISION, BOOKS_AGE, BOOKS_UNREADABLE, BOOKS_REFUSED, MARKS_UNREAD,
    EVIDENCE_OVERDUE, AGREEMENTS_OVERDUE, AGREEMENTS_STOPPED, TASKS_OPEN, TASKS_LATE, VAULT_MONTHS, INPUT_LAG,
    INPUT_POSITION, QUERY_RECORDS, QUERY_FINDINGS, SHARE_CHANGES, DRIFT_FINDINGS, LIVE_DELIVERIES,
    LIVE_WITHHELD, LIVE_KEPT_BACK, LAG,
    CHAIN_POSITION, HOLDS_OPEN, HOLDS_FOR_REVIEW, HOLDS_EXIGENT,
    HOLDS_OLDEST, HOLDS_OVERDUE,
)  # fmt: skip
# On the page of `alpr-gate shadow`, which is a process of its own.
SHADOW_METRICS = (SHADOW_JUDGED, SHADOW_DISAGREEMENTS, SHADOW_LEFT_OUT)
