"""Logs: what happened, with key-values from a fixed list of keys.

Plates, names of people and texts from outside never reach a log. So a key that is not in `LogFields` is
dropped; a value that is not a number, a word or an id is replaced by its type; an exception is told by its
type and place, and by its message only when it is one of ours; and of what the libraries log their wording
is kept and their values are not.

Two locks stand one behind the other: the type checker allows only constant sentences and listed keys, and
`only_listed` drops at run time what got past it, also from libraries that use the standard `logging`.
"""

import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any, LiteralString, TextIO, TypedDict, Unpack

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

from streams.clock import Clock, SystemClock
from streams.errors import GateError
from streams.settings import Settings

# Both tell of a broken connection at each try; a command tells it once.
LIBRARIES = ("aiokafka", "asyncio")


class LogFields(TypedDict, total=False):
    """The keys that a log line may carry. Ids are those that the gate derives or that stand in the books."""

    worker: str
    witness: str
    topic: str
    partition: int
    partitions: Sequence[int]
    offset: int
    seq: int
    epoch: int
    host: str
    port: int
    version: str
    decision_id: str
    alert_id: str
    entity_id: str
    agreement_id: str
    book_key: str
    revision: int
    kind: str
    verdict: str
    reason: str
    state: str
    outcome: str
    step: str
    signal: str
    exit_code: int
    status: int
    records: int
    count: int
    bytes: int
    lag: int
    seconds: float
    error: BaseException


LOG_KEYS = frozenset(LogFields.__annotations__)
# What structlog and this module put there themselves.
_FRAME_KEYS = frozenset({"event", "level", "logger", "timestamp"})
# Without blanks and quotes, so that no sentence and no full name passes for a word.
_WORD = re.compile(r"[\w.,:;/+=@<>-]{1,200}")
_LONGEST_WORDING = 200
_FRAMES = 8


class Log:
    """A logger that takes a constant sentence and the keys of `LogFields`, nothing else.

    `LiteralString` (PEP 675) makes an f-string with a value in it an error of types.
    """

    def __init__(self, name: str) -> None:
        self._logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)

    def debug(self, event: LiteralString, **fields: Unpack[LogFields]) -> None:
        """Log what only a developer wants to see."""
        self._logger.debug(event, **fields)

    def info(self, event: LiteralString, **fields: Unpack[LogFields]) -> None:
        """Log a step of the normal course of things."""
        self._logger.info(event, **fields)

    def warning(self, event: LiteralString, **fields: Unpack[LogFields]) -> None:
        """Log what heals by itself, but should be rare."""
        self._logger.warning(event, **fields)

    def error(self, event: LiteralString, **fields: Unpack[LogFields]) -> None:
        """Log what somebody has to look at."""
        self._logger.error(event, **fields)


def get_logger(name: str) -> Log:
    """Return the logger of one module; call it with `__name__`."""
    return Log(name)


def configure_logs(settings: Settings, stream: TextIO = sys.stderr, clock: Clock | None = None) -> None:
    """Send the logs of this process to `stream`: ours from the level of the settings, libraries' warnings.

    It replaces whatever was configured before; call it once, before the worker is built.
    """
    stamp = _stamper(clock if clock is not None else SystemClock())
    common: list[Processor] = [structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, stamp]
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[*common, library_wording],
            processors=[ProcessorFormatter.remove_processors_meta, only_listed, renderer],
            # The wording and its values must come apart, or `library_wording` could not tell them.
            use_get_message=False,
            pass_foreign_args=True,
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("streams").setLevel(settings.log_level.upper())
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *common, ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def only_listed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keep the listed keys with harmless values, describe the exception, count what was dropped.

    A structlog processor: it gets the logger and the method's name, which say nothing here, and the event.
    """
    frame = {key: event[key] for key in _FRAME_KEYS & event.keys()}
    told = {key: _harmless(event[key]) for key in event if key in LOG_KEYS}
    dropped = len(event.keys() - _FRAME_KEYS - LOG_KEYS - {"exc_info", "stack_info"})
    return {**frame, **told, **_described(event), **({"dropped_keys": dropped} if dropped else {})}


def library_wording(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Reduce a library's message to its first line with numbers filled in and other values left out.

    The libraries log keys, offsets and at times whole records; their wording tells what happened without.
    """
    args = event.pop("positional_args", ())
    first_line = _filled(str(event["event"]), args).partition("\n")[0]
    # A control character could forge a line or recolour a terminal.
    event["event"] = "".join(filter(str.isprintable, first_line))[:_LONGEST_WORDING]
    return event


def _filled(wording: str, args: object) -> str:
    if not args:
        return wording
    try:
        if isinstance(args, Mapping):
            return wording % {key: _number_or_type(value) for key, value in args.items()}
        if isinstance(args, tuple):
            return wording % tuple(map(_number_or_type, args))
    except (TypeError, ValueError, KeyError):
        # A placeholder such as %d cannot take the name of a type.
        return wording
    return wording


def _number_or_type(value: object) -> object:
    return value if isinstance(value, int | float) else f"<{type(value).__name__}>"


def _harmless(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    # Our own messages are written to name no content; those of others may quote anything.
    if isinstance(value, GateError) or (isinstance(value, str) and _WORD.fullmatch(value)):
        return str(value)
    if isinstance(value, list | tuple):
        return [_harmless(item) for item in value]
    return f"<{type(value).__name__}>"


def _described(event: EventDict) -> dict[str, str]:
    error = _exception_in(event)
    if error is None:
        return {}
    # Files and lines only, innermost first: a full traceback ends in the message, which may quote a request.
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in reversed(frames)]
    return {"error_type": type(error).__name__, "error_at": " < ".join(places)}


def _exception_in(event: EventDict) -> BaseException | None:
    # `exc_info` is what the standard `logging` has: an exception, or its triple of type, value and traceback.
    given = event.get("error") or event.get("exc_info")
    candidate = given[1] if isinstance(given, tuple) else given
    return candidate if isinstance(candidate, BaseException) else None


def _stamper(clock: Clock) -> Callable[[Any, str, EventDict], EventDict]:
    def stamp(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {**event, "timestamp": clock.now().isoformat(timespec="milliseconds")}

    return stamp


def quiet_libraries() -> None:
    """Keep libraries from telling a fault beside a command, in lines that name no way out."""
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.CRITICAL)
