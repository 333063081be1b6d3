import re

import pytest

from streams.codecs.trace_context import Headers
from tests.gate.bench import Arrived, Bench, bytes_of, signed

OUT = "alpr.out.pasadena-pd"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = ("traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())
# What may stand in headers: our own words, ids that are derived, numbers and times.
HARMLESS = re.compile(
    r"[0-9a-f/-]+|1\.0|application/avro|org\.alprgate\.[A-Za-z]+|test/ledger|2[0-9]{3}-[0-9T:+.-]+"
)


def sent(bench: Bench, *headers: Headers) -> None:
    arrived = [
        Arrived(
            offset=bench.state.next_source + place,
            value=bytes_of(signed(request_id=f"r-{place}")),
            headers=each,
        )
        for place, each in enumerate(headers)
    ]
    bench.commit(bench.draft_of(arrived))


def all_headers(bench: Bench) -> list[tuple[str, Headers]]:
    return [(topic, each) for (topic, _), written in bench.headers.items() for each in written]


def of(bench: Bench, topic: str, partition: int = 0) -> list[dict[str, bytes | None]]:
    return [dict(each) for each in bench.headers[topic, partition]]


def test_all_that_follows_from_a_request_is_in_its_trace_as_one_hop(bench: Bench) -> None:
    sent(bench, [TRACEPARENT], ())
    genesis, first, second = (one["traceparent"] for one in of(bench, "alpr.sharing.decisions"))
    assert first == f"00-{TRACE}-0001000000000001-01".encode()
    assert second == f"00-{bench.last.decision_id.replace('-', '')}-0001000000000002-00".encode()
    assert genesis is not None
    assert genesis.endswith(b"-0001000000000000-00")
    for topic in (OUT, "alpr.sharing.answers"):
        assert [one["traceparent"] for one in of(bench, topic)] == [first, second]


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"00-0-0-0", TRACEPARENT[1] + b"x"])
def test_a_malformed_trace_is_as_none(bench: Bench, value: bytes | None) -> None:
    sent(bench, [("traceparent", value), ("traceparent", value)])
    begun = bench.last.decision_id.replace("-", "").encode()
    assert (of(bench, OUT)[0]["traceparent"] or b"")[3:35] == begun


def test_each_event_has_an_id_that_leads_to_the_ledger_record_that_accounts_for_it(bench: Bench) -> None:
    sent(bench, ())
    bench.send(signed(request_id="r-8", purpose_code="commercial"), signed(request_id="r-9", reason_text=""))
    events = [(dict(each)["ce_type"], dict(each)["ce_id"]) for _, each in all_headers(bench) if len(each) > 1]
    assert len(events) == len(set(events)) == len({event_id for _, event_id in events})
    assert (b"org.alprgate.LedgerRecord", b"0/1") in events
    assert (b"org.alprgate.Release", b"0/1/1") in events
    assert {event_id.split(b"/")[1] for _, event_id in events if event_id} == {b"0", b"1", b"2", b"3"}


def test_what_stays_inside_is_traced_and_no_event(bench: Bench) -> None:
    bench.send(signed(reason_text=""))
    for topic in ("alpr.sharing.holds", "alpr.books.acks"):
        assert [list(one) for one in of(bench, topic)] == [["traceparent"]]


def test_headers_hold_nothing_of_a_request(bench: Bench) -> None:
    sent(bench, (), [TRACEPARENT, ("tracestate", b"plate=8SEC123"), ("ce_subject", b"8SEC123")])
    bench.send(signed(request_id="r-8", purpose_code="commercial"), b"no request", b"")
    seen = all_headers(bench)
    assert len(seen) > 8
    for _, headers in seen:
        for name, value in headers:
            assert name in {"traceparent", "content-type"} or name.startswith("ce_")
            assert HARMLESS.fullmatch((value or b"").decode()), (name, value)


def test_decided_again_everything_has_the_same_headers(bench: Bench) -> None:
    requests = signed(), signed(request_id="r-8", purpose_code="commercial")
    assert bench.draft(*requests).outbox == bench.draft(*requests).outbox
