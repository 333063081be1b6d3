"""What the intake of reads measures, by feeds that are known and reasons that are listed."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from streams.adapters.reads.feed_file import read_feeds
from streams.adapters.reads.meter import ReadMeter
from streams.adapters.reads.spool import Backlog
from streams.adapters.reads.unread import UnreadReason
from streams.clock import ManualClock
from streams.metric_names import READS_METRICS, NotTaken

NOW = datetime(2027, 3, 1, 20, 0, tzinfo=UTC)
FEEDS = read_feeds(
    f"""
reference_key: {bytes(32).hex()}
feeds:
  - {{name: harbour, format: axis, network: A, zone: UTC, mqtt_topic: a, silent_after_minutes: 5}}
  - {{name: bridge, format: axis, network: B, zone: UTC, mqtt_topic: b}}
""",
    Path("feeds.yaml"),
)
NOTHING = Backlog(payloads=0, size=0, oldest=None)


def value(meter: ReadMeter, name: str, **labels: str) -> float | None:
    return meter.registry.get_sample_value(f"alpr_gate_reads_{name}", labels)


def test_what_is_rendered_is_the_list_and_nothing_else_of_ours() -> None:
    page = ReadMeter(FEEDS, 1, ManualClock(NOW)).render(NOTHING).decode()
    rendered = dict(re.findall(r"^# TYPE (alpr_gate_\w+) (\w+)$", page, re.MULTILINE))
    ours = {name: kind for name, kind in rendered.items() if not name.endswith("_created")}
    assert ours == {spec.name: spec.kind for spec in READS_METRICS}


def test_all_series_are_there_before_anything_comes() -> None:
    meter = ReadMeter(FEEDS, 1, ManualClock(NOW))
    assert value(meter, "unread_total", feed="bridge", reason="no_plate") == 0
    assert value(meter, "not_taken_total", reason="spool_full") == 0
    meter.not_taken(NotTaken.SPOOL_FULL)
    assert value(meter, "not_taken_total", reason="spool_full") == 1


def test_a_feed_is_idle_since_its_last_read_whether_new_or_not() -> None:
    clock = ManualClock(NOW)
    meter = ReadMeter(FEEDS, 1, clock)
    clock.advance(timedelta(minutes=10))
    meter.taken("harbour")
    meter.unread("harbour", UnreadReason.NOT_A_READ)
    assert value(meter, "feed_idle_seconds", feed="harbour") == 600
    meter.repeated("harbour")
    assert value(meter, "feed_idle_seconds", feed="harbour") == 0
    assert value(meter, "feed_idle_seconds", feed="bridge") == 600
    assert value(meter, "feed_silent_after_seconds", feed="harbour") == 300
    assert value(meter, "feed_silent_after_seconds", feed="bridge") == 86400


def test_a_feed_that_is_in_the_file_no_more_makes_no_series() -> None:
    meter = ReadMeter(FEEDS, 1, ManualClock(NOW))
    meter.unread("gone", UnreadReason.UNPARSABLE)
    meter.written("7ZZZ001")
    assert value(meter, "unread_total", feed="removed", reason="unparsable") == 1
    assert b"7ZZZ001" not in meter.render(NOTHING)


def test_what_waits_is_told_with_the_age_of_the_oldest() -> None:
    meter = ReadMeter(FEEDS, 1000, ManualClock(NOW))
    meter.render(Backlog(payloads=2, size=500, oldest=NOW - timedelta(minutes=1)))
    assert value(meter, "spool_oldest_age_seconds") == 60
    assert (value(meter, "spool_bytes"), value(meter, "spool_limit_bytes")) == (500, 1000)
    meter.render(NOTHING)
    assert value(meter, "spool_oldest_age_seconds") == 0
