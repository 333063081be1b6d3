"""Logs carry listed keys with harmless values; what is personal does not pass, whichever way it comes."""

import ast
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from streams.clock import ManualClock
from streams.errors import InputError
from streams.logs import LIBRARIES, LOG_KEYS, Log, configure_logs, get_logger, only_listed
from streams.policy.vocabulary import Verdict
from streams.settings import Settings

PLATE = "7ABC123"
NAME = "Jo Doe"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCES = sorted((Path(__file__).parents[1] / "streams").rglob("*.py"))


class Surprise(StrEnum):
    """A word of ours, which is a harmless value."""

    BOO = "boo"


@dataclass
class Told:
    """The JSON lines that were logged."""

    stream: io.StringIO = field(default_factory=io.StringIO)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def configure(self, **settings: object) -> None:
        configure_logs(Settings.model_validate({"log_json": True, **settings}), self.stream, self.clock)


@pytest.fixture
def told() -> Iterator[Told]:
    root, ours = logging.getLogger(), logging.getLogger("streams")
    before = (root.handlers[:], root.level, ours.level)
    # A command that ran in this process may have silenced them.
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.NOTSET)
    # Logging would close the handlers of pytest if it found them when it is configured.
    root.handlers.clear()
    told = Told()
    told.configure()
    yield told
    root.handlers[:], root.level, ours.level = before
    structlog.reset_defaults()


@pytest.fixture
def log() -> Log:
    return get_logger("streams.test")


@pytest.fixture
def untyped(log: Log) -> Any:
    """Return the logger as code without types sees it."""
    return log


def test_a_line_says_what_happened_when_where_and_with_which_values(told: Told, log: Log) -> None:
    told.clock.advance(timedelta(seconds=1.5))
    log.info("batch committed", partition=3, records=200, seconds=0.02, verdict=Verdict.HOLD)
    assert told.lines == [
        {
            "event": "batch committed",
            "level": "info",
            "logger": "streams.test",
            "timestamp": "2026-03-01T12:00:01.500+00:00",
            "partition": 3,
            "records": 200,
            "seconds": 0.02,
            "verdict": "hold",
        }
    ]


def test_coloured_text_tells_the_same_to_a_person(told: Told, log: Log) -> None:
    told.configure(log_json=False)
    log.warning("books are stale", revision=7)
    assert "books are stale" in told.text
    assert "revision=7" in told.text


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_the_level_of_the_settings_holds_for_our_logs(
    told: Told, log: Log, level: str, expected: list[str]
) -> None:
    told.configure(log_level=level)
    for tell in (log.debug, log.info, log.warning, log.error):
        tell("something")
    assert [line["level"] for line in told.lines] == expected


def test_libraries_are_heard_from_warning_on(told: Told) -> None:
    logging.getLogger("aiokafka").info("chatter")
    logging.getLogger("aiokafka").warning("trouble")
    assert [line["event"] for line in told.lines] == ["trouble"]


@pytest.mark.parametrize(
    "key", ["plate", "user", "name", "organisation", "reason_text", "request_id", "value"]
)
def test_a_key_that_is_not_listed_is_dropped_with_its_value(told: Told, untyped: Any, key: str) -> None:
    untyped.info("request decided", **{key: PLATE})
    assert PLATE not in told.text
    assert key not in told.lines[0]
    assert told.lines[0]["dropped_keys"] == 1


def test_not_even_the_name_of_a_dropped_key_is_shown(told: Told, untyped: Any) -> None:
    untyped.info("request decided", **{PLATE: 1})
    assert PLATE not in told.text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5, 5),
        (0.25, 0.25),
        (True, True),
        (None, None),
        ("alpr.out.long-beach-pd", "alpr.out.long-beach-pd"),
        (Surprise.BOO, "boo"),
        ((1, 2), [1, 2]),
        (f"{NAME} asked", "<str>"),
        ("two\nlines", "<str>"),
        ("\x1b[31mred", "<str>"),
        ("x" * 201, "<str>"),
        (b"bytes", "<bytes>"),
        ({"plate": PLATE}, "<dict>"),
        ([{"plate": PLATE}], ["<dict>"]),
        (NOON, "<datetime>"),
    ],
)
def test_a_value_is_a_number_a_word_or_only_its_type(
    told: Told, untyped: Any, value: object, shown: object
) -> None:
    untyped.info("something", state=value)
    assert told.lines[0]["state"] == shown


def _parsed(text: str) -> ValueError | None:
    try:
        int(text)
    except ValueError as error:
        return error
    return None


def test_a_foreign_exception_is_told_by_its_type_and_place_without_its_message(told: Told, log: Log) -> None:
    error = _parsed(PLATE)
    assert error is not None
    log.error("batch failed", error=error)
    line = told.lines[0]
    assert (line["error"], line["error_type"]) == ("<ValueError>", "ValueError")
    assert line["error_at"].startswith("test_logs.py:")
    assert PLATE not in told.text


def test_an_error_of_ours_is_told_with_its_message(told: Told, log: Log) -> None:
    log.error("cannot start", error=InputError("`policy.yaml`:3: expected a duration"))
    assert told.lines[0]["error"] == "`policy.yaml`:3: expected a duration"
    assert told.lines[0]["error_type"] == "InputError"


def test_the_wording_of_a_library_is_kept_and_its_values_are_not(told: Told) -> None:
    logging.getLogger("faust").error("cannot process %r at offset %d of %s", {"plate": PLATE}, 7, NAME)
    assert told.lines[0]["event"] == "cannot process '<dict>' at offset 7 of <str>"


@pytest.mark.parametrize(
    ("wording", "args", "shown"),
    [
        ("plain", (), "plain"),
        ("%d reads", (Decimal(7),), "%d reads"),
        ("of %(user)s", ({"user": NAME},), "of <str>"),
        ("first\nsecond " + PLATE, (), "first"),
        ("\x1b[2Jcleared", (), "[2Jcleared"),
        ("w" * 500, (), "w" * 200),
    ],
)
def test_a_message_of_a_library_is_one_line_without_values(
    told: Told, wording: str, args: tuple[object, ...], shown: str
) -> None:
    logging.getLogger("mode").warning(wording, *args)
    assert told.lines[0]["event"] == shown


def test_the_traceback_of_a_library_shows_places_only(told: Told) -> None:
    try:
        int(PLATE)
    except ValueError:
        logging.getLogger("aiohttp.server").exception("Error handling request")
    line = told.lines[0]
    assert line["error_type"] == "ValueError"
    assert PLATE not in told.text
    assert "Traceback" not in told.text


@hypothesis_settings(max_examples=200)
@given(fields=st.dictionaries(st.text(), st.text() | st.integers() | st.binary()))
def test_whatever_is_given_only_listed_keys_come_out(fields: dict[str, object]) -> None:
    event = only_listed(None, "info", {"event": "something", **fields})
    assert event.keys() <= LOG_KEYS | {"event", "level", "logger", "timestamp", "dropped_keys"}


@hypothesis_settings(max_examples=200)
@given(text=st.text(min_size=1).filter(lambda text: any(letter.isspace() for letter in text)))
def test_free_text_never_passes_under_any_listed_key(text: str) -> None:
    event = only_listed(None, "info", {"event": "something", **dict.fromkeys(LOG_KEYS, text)})
    assert {event[key] for key in LOG_KEYS} == {"<str>"}


def _log_calls(source: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "_log" | "LOG" | "_LOG"))):
                yield node


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_log_call_has_a_constant_sentence_and_named_listed_keys(source: Path) -> None:
    for call in _log_calls(source):
        assert isinstance(call.args[0], ast.Constant), f"{source.name}:{call.lineno}"
        assert {keyword.arg for keyword in call.keywords} <= LOG_KEYS, f"{source.name}:{call.lineno}"
