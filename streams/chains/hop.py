"""The headers of what follows from one input: its trace goes on, and its events are numbered after the chain.

`2/117` is the record with seq 117 of the chain in partition 2, `2/117/1` the first thing that followed from
it. So whoever receives one finds the record that accounts for it, and the same batch taken again gives the
same ids.
"""

from datetime import datetime

from streams.codecs.event_headers import event_headers
from streams.codecs.trace_context import Header, Headers, trace_begun_by, trace_of


class Hop:
    """One hop of a trace: a record of a chain, and what follows from it.

    `source` is the chain's topic, `name` the id of what is told: with it a trace begins where there is none.
    """

    def __init__(
        self, source: str, now: datetime, place: tuple[int, int], name: str, carried: Headers
    ) -> None:
        partition, seq = place
        trace = (trace_of(carried) if carried else None) or trace_begun_by(name)
        # Partitions and their records have one number each, so no two hops have the same; none is zero.
        self._traced = trace.at(f"{partition + 1:04x}{seq:012x}")
        self._event_id = f"{partition}/{seq}"
        self._source = source
        self._now = now

    def headers(self, record: str, nth: int = 0) -> list[Header]:
        """Return the headers of a record, by the name of its schema; `nth` counts what follows from it."""
        event_id = f"{self._event_id}/{nth}" if nth else self._event_id
        shared = event_headers(record, self._source, self._now)
        return [*shared, ("ce_id", event_id.encode()), self._traced]
