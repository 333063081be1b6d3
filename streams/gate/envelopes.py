"""The headers of what one draft writes: which trace it belongs to, and what kind of event it is.

All that follows from one ledger record is one hop of its trace. Its events are numbered after it: `2/117` is
the record with seq 117 in partition 2, `2/117/1` the first thing that followed from it. So whoever
receives one finds the record that accounts for it, and the same batch decided again gives the same ids.
"""

from streams.codecs.event_headers import event_headers
from streams.codecs.trace_context import Header, Headers, Trace, span_of, trace_begun_by, trace_of
from streams.gate.context import Context
from streams.ledger.record import LedgerRecord


class Envelopes:
    """Makes headers for the records of a draft, in the order in which they are written."""

    def __init__(self, context: Context) -> None:
        names = context.names
        self._context = context
        self._out = names.out
        # What leaves the gate is an event; holds, marks and acknowledgements are its own memory.
        self._kinds = {
            names.decisions: "LedgerRecord",
            names.answers: "Answer",
            names.alerts: "Alert",
            names.dead_letters: "DeadLetter",
            names.disclosures: "DisclosureOrder",
        }
        self._shared: dict[str, Headers] = {}
        self._carried: Trace | None = None
        self._traced: list[Header] = []
        self._event_id = ""

    def arrive(self, headers: Headers) -> None:
        """Take up the trace of what has come in, if it has one."""
        self._carried = trace_of(headers) if headers else None

    def lead(self, entry: LedgerRecord) -> None:
        """Write as from that ledger record on."""
        trace = self._carried or trace_begun_by(entry.decision_id)
        # Partitions and their records have one number each, so no two hops have the same; none is zero.
        self._traced = [trace.at(f"{entry.partition + 1:04x}{entry.seq:012x}")]
        self._event_id = f"{entry.partition}/{entry.seq}"

    def lead_alone(self, name: str) -> None:
        """Write as from something that has no ledger record."""
        self._traced = [trace_begun_by(name).at(span_of(name))]
        self._event_id = name

    def of(self, topic: str, nth: int) -> list[Header]:
        """Return the headers of a record; `nth` counts what follows, 0 is what leads."""
        shared = self._shared.get(topic)
        if shared is None:
            shared = self._shared[topic] = self._shared_by(topic)
        if not shared:
            return self._traced
        event_id = f"{self._event_id}/{nth}" if nth else self._event_id
        return [*shared, ("ce_id", event_id.encode()), *self._traced]

    def _shared_by(self, topic: str) -> Headers:
        kind = self._kinds.get(topic) or ("Release" if topic.startswith(self._out) else None)
        context = self._context
        return () if kind is None else event_headers(kind, context.keys.origin, context.now)
