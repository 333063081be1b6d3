"""W3C Trace Context in the headers of a record: read, passed on, or begun.

A header that is not what it must be counts as none, and nothing is ever refused for it. `tracestate` is not
passed on: what it holds is up to whoever wrote it, and headers of ours name no person.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

# Name and value of a header; a value from outside may be null.
Header = tuple[str, bytes | None]
Headers = Sequence[Header]

TRACEPARENT = "traceparent"
# Whoever begins a trace here leaves it to others whether they record it.
NOT_SAMPLED, SAMPLED = "00", "01"
# Version, trace, span, flags, and what a later version may add.
_TRACEPARENT = re.compile(
    rb"([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?", re.DOTALL
)
_TRACE_ID = re.compile("(?!0{32})[0-9a-f]{32}")
# The one flag that version 00 knows: the caller may have recorded the trace.
_SAMPLED_BIT = 0x01


class Trace(NamedTuple):
    """What is passed on, as it stands in a header: the id of a trace, and its flags, in hexadecimal."""

    trace_id: str
    flags: str

    def at(self, span: str) -> Header:
        """Return the header for a hop of 16 hexadecimal digits, which are not all zeros."""
        return TRACEPARENT, f"00-{self.trace_id}-{span}-{self.flags}".encode()


def trace_of(headers: Headers) -> Trace | None:
    """Return the trace that a record belongs to; None when it says none, or more than one."""
    found = None
    for name, value in headers:
        if name == TRACEPARENT:
            if found is not None or value is None:
                return None
            found = value
    match = None if found is None else _TRACEPARENT.fullmatch(found)
    if match is None:
        return None
    version, trace_id, flags, more = match.groups()
    if version == b"ff" or (version == b"00" and more is not None):
        return None
    return Trace(trace_id.decode(), SAMPLED if int(flags, 16) & _SAMPLED_BIT else NOT_SAMPLED)


def trace_begun_by(name: str) -> Trace:
    """Return the trace of what has none, always the same one for a name; that of a UUID is its digits."""
    digits = name.replace("-", "")
    if not _TRACE_ID.fullmatch(digits):
        digits = _digest(name)[:32]
    return Trace(digits, NOT_SAMPLED)


def span_of(name: str) -> str:
    """Return the span of a hop that has a name of its own."""
    # Of 2^64 one is all zeros, which is no span.
    return _digest(f"span\n{name}")[:16]


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()
