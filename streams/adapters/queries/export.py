"""One file of an export, row by row; what is read of it, and which of its columns are not."""

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from streams.adapters.csv_rows import LONGEST_CELL, derived_request_id
from streams.adapters.queries.cells import count_of, instant_of, joined_instant, text_of, window_of
from streams.adapters.queries.forms import Column, QueryForm, column_of
from streams.adapters.queries.rejected import Rejected, RejectedError, RejectReason
from streams.errors import InputError
from streams.policy.query_event import ImportedFrom, QueryEvent
from streams.policy.vocabulary import QueryId

# Far more than people write; with it every event fits into a record.
LONGEST_ROW = 1 << 17
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
Cells = Mapping[Column, str]


class Export:
    """The rows of one file, each an event or a reject.

    `organisation` is whose searches they are, for a file without a column that says so. `unread` are heads of
    columns that nobody here knows.
    """

    def __init__(self, data: bytes, name: str, form: QueryForm, organisation: str | None) -> None:
        """Read the header.

        Raises:
            InputError: the file is no such export, or nobody says whose searches it has.
        """
        csv.field_size_limit(LONGEST_CELL)
        self._form, self._organisation, self._name = form, organisation, name
        self._digest = hashlib.sha256(data).hexdigest()
        self._reader = csv.reader(
            io.StringIO(_text(data, name), newline=""), strict=True, skipinitialspace=True
        )
        try:
            self._heads = tuple(head.strip() for head in next(self._reader, ()))
        except csv.Error as error:
            raise InputError(f"{name}:1: expected a header of CSV: {error}") from error
        self._columns = tuple(map(column_of, self._heads))
        self.unread = tuple(
            head or f"column {place} without a name"
            for place, (head, column) in enumerate(zip(self._heads, self._columns, strict=True), start=1)
            if column is None
        )
        self._check()

    def _check(self) -> None:
        known = [column for column in self._columns if column is not None]
        for column in self._form.columns:
            if column not in known:
                raise InputError(f"{self._name}:1: expected the column `{column}` of `{self._form.name}`")
        for column in known:
            if known.count(column) > 1:
                raise InputError(f"{self._name}:1: more than one column is `{column}`")
        if Column.ORGANISATION not in known and not (self._organisation or "").strip():
            raise InputError(f"{self._name}:1: no column says whose searches these are; name it with --of")

    def __iter__(self) -> Iterator[QueryEvent | Rejected]:
        """Yield one event or one reject for each row below the header."""
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader, None)
                if cells is None:
                    return
                yield self._event([cell.strip() for cell in cells], line)
            except csv.Error:
                # A quote that nobody closed takes the lines below with it, so the last one is told.
                last = self._reader.line_num
                message = f"no row of CSV, up to line {last}"
                yield Rejected(line=line, reason=RejectReason.NOT_CSV, message=message)
            except RejectedError as error:
                yield Rejected(line=line, reason=error.reason, message=str(error))

    def _event(self, row: list[str], line: int) -> QueryEvent:
        self._require_search(row)
        cells = {column: cell for column, cell in zip(self._columns, row, strict=True) if column is not None}
        if not any(cells.get(column) for column in (Column.SEARCH_TIME, Column.USER, Column.REASON)):
            raise RejectedError(RejectReason.NO_SEARCH, "it tells neither when, nor who, nor why")
        window_from, window_to = window_of(cells.get(Column.TIME_FRAME, ""))
        # Of the file alone, whatever its columns: else what a vendor drops would be blank in another way.
        optional = {column: text_of(cells.get(column, "")) for column in Column}
        return QueryEvent(
            query_id=_query_id(cells),
            source=self._form.name,
            organisation=cells.get(Column.ORGANISATION, self._organisation or ""),
            user=cells.get(Column.USER, ""),
            searched_at=_searched_at(cells),
            plate=optional[Column.PLATE],
            filters=optional[Column.FILTERS],
            text_prompt=optional[Column.TEXT_PROMPT],
            search_type=optional[Column.SEARCH_TYPE],
            networks_searched=count_of(cells.get(Column.NETWORKS, "")),
            devices_searched=count_of(cells.get(Column.DEVICES, "")),
            window_from=window_from,
            window_to=window_to,
            offence=optional[Column.OFFENCE],
            reason_text=optional[Column.REASON],
            case_number=optional[Column.CASE_NUMBER],
            moderation=optional[Column.MODERATION],
            imported_from=ImportedFrom(form=self._form.name, file_digest=self._digest, line=line),
        )

    def _require_search(self, row: list[str]) -> None:
        """Refuse what stands between the rows, and what is shifted: names would stand in wrong columns."""
        if not any(row):
            raise RejectedError(RejectReason.BLANK, "a row of blanks")
        if tuple(row) == self._heads:
            raise RejectedError(RejectReason.HEADER_AGAIN, "the header, once more")
        if len(row) != len(self._heads):
            message = f"expected {len(self._heads)} cells, one per column, got {len(row)}"
            raise RejectedError(RejectReason.CELLS, message)
        if sum(map(len, row)) > LONGEST_ROW:
            raise RejectedError(RejectReason.TOO_LONG, f"longer than {LONGEST_ROW} characters")


def _searched_at(cells: Cells) -> datetime | None:
    time = cells.get(Column.SEARCH_TIME, "")
    if Column.SEARCH_DATE in cells:
        return joined_instant(cells[Column.SEARCH_DATE], time)
    return instant_of(time)


def _query_id(cells: Cells) -> QueryId:
    """Return an id that this search has in every export: of the vendor's own id, else of all that is told."""
    own = cells.get(Column.ID, "")
    # Spreadsheets turn ids into numbers, and shifted rows put names there.
    is_own = _UUID.fullmatch(own) is not None
    parts = (own.lower(),) if is_own else tuple(f"{column}={cells[column]}" for column in sorted(cells))
    return QueryId(derived_request_id("flock", *parts))


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: expected UTF-8 text, got other bytes at {error.start}") from error
