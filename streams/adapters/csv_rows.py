"""Rows of CSV from outside, each whole or an error with its line: nothing is dropped in silence."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from streams.errors import InputError
from streams.policy.vocabulary import RequestId

# A portal's cell lists hundreds of agencies; the parser's own limit of 128 KiB is too near to that.
LONGEST_CELL = 1 << 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row by the header's names, and where it stands as `file:line`."""

    cells: dict[str, str]
    where: str

    def name(self, column: str) -> str:
        """Return a cell that must hold more than blanks, as it is written."""
        cell = self.cells[column]
        if not cell.strip():
            raise InputError(f"{self.where}: {column}: expected a name, got only blanks")
        return cell


class Rows:
    """The rows of a CSV text whose header has at least `columns`; others may stand beside them."""

    def __init__(self, text: str, name: str, columns: tuple[str, ...]) -> None:
        # The limit is the module's, not the reader's.
        csv.field_size_limit(LONGEST_CELL)
        self.name = name
        self._reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
        try:
            self.header = tuple(self._reader.fieldnames or ())
        except csv.Error as error:
            raise InputError(f"{name}:1: expected a header of CSV: {error}") from error
        # By name, not by place: vendors have renamed, moved and dropped columns more than once.
        missing = [column for column in columns if column not in self.header]
        if missing:
            raise InputError(f"{name}:1: expected the column `{missing[0]}` in the header")

    def __iter__(self) -> Iterator[Row]:
        """Yield each row; one with more or fewer cells than the header is an error."""
        try:
            for cells in self._reader:
                # A row too long or too short is shifted, and names would stand in the wrong columns.
                if None in cells or None in cells.values():
                    raise InputError(f"{self._where()}: expected {len(self.header)} cells, one per column")
                yield Row(cells, self._where())
        except csv.Error as error:
            raise InputError(f"{self._where()}: expected a row of CSV: {error}") from error

    def _where(self) -> str:
        return f"{self.name}:{self._reader.reader.line_num}"


def derived_request_id(prefix: str, *parts: str) -> RequestId:
    """Return an id that the same parts always give, and that shows none of them."""
    digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    return RequestId(f"{prefix}-{digest[:24]}")
