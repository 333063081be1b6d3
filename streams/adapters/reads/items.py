"""The items of a payload that a mapping describes: records of JSON, lines of JSON, or rows of CSV.

Each becomes a part whose fields have the names that the mapping has for them. An item that is broken is told
by itself, so that the others are read.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from streams.adapters.reads.delivery import Delivery
from streams.adapters.reads.part import Part
from streams.adapters.reads.unread import UnreadError, UnreadReason, invalid, missing
from streams.codecs.json_text import parsed
from streams.errors import CodecError

# More would not fit into one transaction of its writer.
MOST_ITEMS = 10_000
AROUND = "payload"
_BROKEN = ""


class PayloadKind(StrEnum):
    """What a payload is."""

    JSON = "json"
    JSON_LINES = "json_lines"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """How a payload is taken apart: `names` are all that the mapping reads, `needed` those of a CSV's header.

    Of each group in `needed` one must be there. `where` is the JSON Pointer of the list of items; None says
    that the payload is one.
    """

    kind: PayloadKind
    names: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...] = ()
    where: str | None = None
    delimiter: str = ","

    def parts(self, delivery: Delivery) -> Iterator[Part]:
        """Yield the items.

        Raises:
            UnreadError: the payload is not what the mapping says, or has too many items.
        """
        kinds = {PayloadKind.JSON: self._records, PayloadKind.JSON_LINES: self._lines}
        for count, part in enumerate(kinds.get(self.kind, self._rows)(delivery.body)):
            if count == MOST_ITEMS:
                raise UnreadError(UnreadReason.UNPARSABLE, f"expected at most {MOST_ITEMS} items: split it")
            yield part

    def _records(self, body: bytes) -> Iterator[Part]:
        payload = parsed(body)
        if self.where is None:
            yield self._part(payload, payload, "")
            return
        found = at_pointer(payload, self.where)
        if found is None:
            raise missing(self.where)
        for number, item in enumerate(found if isinstance(found, list) else [found]):
            yield self._part(item, payload, f"item {number}")

    def _lines(self, body: bytes) -> Iterator[Part]:
        for number, line in enumerate(body.splitlines(), start=1):
            if not line.strip():
                continue
            try:
                item = parsed(line)
            except CodecError as error:
                yield Part({_BROKEN: str(error)}, f"line {number}")
            else:
                yield self._part(item, item, f"line {number}")

    def _part(self, item: object, payload: object, path: str) -> Part:
        if not isinstance(item, Mapping):
            return Part({_BROKEN: "expected a record"}, path)
        values = {
            name: at_pointer(payload, name.removeprefix(AROUND))
            if name.startswith(AROUND)
            else at_pointer(item, name)
            for name in self.names
        }
        return Part(values, path)

    def _rows(self, body: bytes) -> Iterator[Part]:
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UnreadError(UnreadReason.UNPARSABLE, "expected UTF-8") from None
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=self.delimiter)
        try:
            header = [cell.strip() for cell in next(reader, [])]
            self._check(header)
            for row in reader:
                if row:
                    yield _row(header, row, f"line {reader.line_num}")
        except csv.Error:
            # What the module says may show a cell.
            raise UnreadError(UnreadReason.UNPARSABLE, f"line {reader.line_num}: expected CSV") from None

    def _check(self, header: Sequence[str]) -> None:
        for group in self.needed:
            if not any(name in header for name in group):
                raise missing(*group)
        for name in self.names:
            if header.count(name) > 1:
                raise invalid(name, "one column of that name")


def broken(part: Part) -> str | None:
    """Return why an item cannot be read at all, or None."""
    problem = part.values.get(_BROKEN)
    return problem if isinstance(problem, str) else None


def _row(header: Sequence[str], row: Sequence[str], path: str) -> Part:
    # A row too long or too short is shifted, and a plate would stand where a place belongs.
    if len(row) != len(header):
        return Part({_BROKEN: f"expected {len(header)} cells, one for each column"}, path)
    return Part({name: cell for name, cell in zip(header, row, strict=True) if name}, path)


def at_pointer(value: object, pointer: str) -> object:
    """Return what a JSON Pointer (RFC 6901) names, or None for nothing; the empty one names all."""
    for step in pointer.split("/")[1:]:
        if isinstance(value, Mapping):
            value = value.get(step.replace("~1", "/").replace("~0", "~"))
        elif isinstance(value, list) and step.isdecimal() and step.isascii() and len(step) < 6:  # noqa: PLR2004
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value
