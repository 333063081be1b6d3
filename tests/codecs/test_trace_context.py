import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codecs.event_headers import event_headers, first_headers
from streams.codecs.trace_context import Header, Trace, span_of, trace_begun_by, trace_of
from tests.policy.building import NOW

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{SPAN}-01".encode()
# The grammar of W3C Trace Context, 3.2: version 00, nothing else, and ids that are not all zeros.
GRAMMAR = re.compile(rb"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]")

hexadecimal = st.sampled_from("0123456789abcdef")


def digits(count: int) -> st.SearchStrategy[str]:
    drawn = st.text(hexadecimal, min_size=count, max_size=count)
    return drawn.filter(lambda text: set(text) != {"0"})


def header(value: bytes | None) -> Header:
    return ("traceparent", value)


@given(digits(32), digits(16), st.text(hexadecimal, min_size=2, max_size=2), digits(16))
def test_a_trace_is_passed_on_with_its_id_and_its_flag_under_another_span(
    trace_id: str, span: str, flags: str, ours: str
) -> None:
    trace = trace_of([("other", b"x"), header(f"00-{trace_id}-{span}-{flags}".encode())])
    assert trace is not None
    name, value = trace.at(ours)
    assert name == "traceparent"
    assert value is not None
    assert GRAMMAR.fullmatch(value)
    assert value == f"00-{trace_id}-{ours}-0{int(flags, 16) & 1}".encode()


@given(st.text())
def test_what_has_no_trace_begins_one_that_follows_from_its_name(name: str) -> None:
    _, value = trace_begun_by(name).at(span_of(name))
    assert value is not None
    assert GRAMMAR.fullmatch(value)
    assert trace_begun_by(name) == trace_begun_by(name)


def test_the_trace_of_a_decision_is_its_id() -> None:
    assert trace_begun_by("4bf92f35-77b3-4da6-a3ce-929d0e0e4736") == Trace(TRACE, "00")


@given(st.lists(st.tuples(st.sampled_from(["traceparent", "Traceparent", "x"]), st.none() | st.binary())))
def test_no_headers_whatever_raise(headers: list[Header]) -> None:
    trace = trace_of(headers)
    assert trace is None or GRAMMAR.fullmatch(trace.at(SPAN)[1] or b"")


@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=1))
def test_a_header_with_one_byte_changed_is_a_header_or_none(place: int, byte: bytes) -> None:
    changed = GOOD[:place] + byte + GOOD[place + 1 :]
    trace = trace_of([header(changed)])
    assert trace is None or GRAMMAR.fullmatch(trace.at(SPAN)[1] or b"")


@pytest.mark.parametrize(
    "value",
    [
        b"",
        None,
        GOOD[:-1],
        GOOD + b"-",
        GOOD + b"\n",
        b"ff" + GOOD[2:],
        b"cc" + GOOD[2:] + b"x",
        GOOD.upper(),
        GOOD.replace(TRACE.encode(), b"0" * 32),
        GOOD.replace(SPAN.encode(), b"0" * 16),
        b"\xff" * 55,
    ],
)
def test_what_is_malformed_counts_as_no_header(value: bytes | None) -> None:
    assert trace_of([header(value)]) is None


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    for more in (b"", b"-", b"-what comes after"):
        assert trace_of([header(b"cc" + GOOD[2:] + more)]) == Trace(TRACE, "01")


def test_two_traces_are_none() -> None:
    assert trace_of([header(GOOD), header(GOOD)]) is None
    assert trace_of([]) is None


def test_an_event_has_the_attributes_that_cloudevents_requires() -> None:
    headers = dict(first_headers(event_headers("Alert", "alpr-gate/ledger", NOW), "a-1"))
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_type"] == b"org.alprgate.Alert"
    assert (headers["ce_id"], headers["ce_source"]) == (b"a-1", b"alpr-gate/ledger")
    assert headers["content-type"] == b"application/avro"
    assert (headers["ce_time"] or b"").decode() == NOW.isoformat()
    assert GRAMMAR.fullmatch(headers["traceparent"] or b"")
    assert "ce_time" not in dict(event_headers("Withdrawal", "alpr-gate/intake", None))
