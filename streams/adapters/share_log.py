"""A vendor's event log of grants and revocations, as share changes.

CSV with a row for each act in the vendor's product; of interest are those on shares of a network. What is
shared stands in one cell, `Network Name: …, Permissions: …, Receiving Organization: …`, and names have commas
inside. Who did it stands there too and is left there: no user's name comes to our topics.

A row on shares that cannot be read is told with its line and counts as unread. It may be a grant, so whoever
reads the log must not take the rest for the whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from streams.adapters.csv_rows import Row, Rows
from streams.adapters.vendor_scopes import scopes_of
from streams.errors import InputError
from streams.policy.names import is_blank
from streams.policy.share_change import ShareChange, ShareChangeKind
from streams.policy.share_listing import change_id_of

TIMESTAMP, EVENT, ENTITY = "Timestamp", "Event Type", "Entity Type"
DETAILS, EVENT_ID = "Entity Details", "Event Id"
COLUMNS = (TIMESTAMP, EVENT, ENTITY, DETAILS, EVENT_ID)
SHARES = frozenset({"networkShare", "networkShareSettings"})
KINDS = {
    "create": ShareChangeKind.GRANT,
    "update": ShareChangeKind.GRANT,
    "delete": ShareChangeKind.REMOVAL,
}
# As the vendor writes a time: of the day by twelve hours, and always UTC.
STAMP = "%m/%d/%Y, %I:%M:%S %p UTC"
NETWORK, GRANTED, RECEIVER = "Network Name", "Permissions", "Receiving Organization"
_LABEL = re.compile(rf"(?:^|[,;\n])\s*({NETWORK}|{GRANTED}|{RECEIVER})\s*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadRow:
    """A row on shares that is none which this version can read: where it stands, and why."""

    where: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLog:
    """What a log holds: the changes, the rows that cannot be read, and how many are of other things."""

    changes: tuple[ShareChange, ...]
    unread: tuple[UnreadRow, ...]
    others: int


def parse_share_log(text: str, name: str, vendor: str) -> ShareLog:
    """Return what the log holds, the oldest change first; `name` is the file's name in messages.

    Raises:
        InputError: it is no such log, or a row has more or fewer cells than the header.
    """
    changes: list[ShareChange] = []
    unread: list[UnreadRow] = []
    others = 0
    for row in _rows(text, name):
        if row.cells[ENTITY].strip() not in SHARES:
            others += 1
            continue
        try:
            changes.append(_change(row, vendor))
        except InputError as error:
            unread.append(UnreadRow(where=row.where, why=str(error)))
    # Vendors show the newest first; in one instant the order of the log is all that there is.
    ordered = sorted(_oldest_first(changes), key=lambda one: one.at)
    return ShareLog(changes=tuple(ordered), unread=tuple(unread), others=others)


def _oldest_first(changes: list[ShareChange]) -> list[ShareChange]:
    return changes[::-1] if changes and changes[0].at > changes[-1].at else changes


def _rows(text: str, name: str) -> Iterator[Row]:
    """Yield the rows by the names of this module: headers have come with blanks before them."""
    rows = Rows(text, name, ())
    named = {header.strip(): header for header in rows.header}
    missing = [column for column in COLUMNS if column not in named]
    if missing:
        raise InputError(f"{name}:1: expected the column `{missing[0]}` in the header")
    for row in rows:
        yield Row({column: row.cells[named[column]] for column in COLUMNS}, row.where)


def _change(row: Row, vendor: str) -> ShareChange:
    kind, at = KINDS.get(row.cells[EVENT].strip().casefold()), _instant(row.cells[TIMESTAMP].strip())
    if kind is None:
        raise InputError(f"{EVENT}: expected {', '.join(KINDS)}")
    details = _details(row.cells[DETAILS])
    recipient = details.get(RECEIVER, "")
    if is_blank(recipient):
        # A setting of a network reaches whoever it reaches; which that is only a person can look up.
        raise InputError(f"{DETAILS}: no {RECEIVER} is named")
    scopes = (
        () if kind is ShareChangeKind.REMOVAL else scopes_of(re.split(r"[,;|]", details.get(GRANTED, "")))
    )
    event_id, network = row.cells[EVENT_ID].strip(), details.get(NETWORK, "")
    return ShareChange(
        # With all that it says: ids of events have not always been each its own.
        change_id=change_id_of((vendor, event_id, kind, network, recipient, *scopes, at.isoformat())),
        kind=kind,
        vendor=vendor,
        network=network,
        recipient_name=recipient,
        scopes=scopes,
        at=at,
        reference=f"event {event_id}",
    )


def _instant(cell: str) -> datetime:
    try:
        return datetime.strptime(cell, STAMP).replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        instant = datetime.fromisoformat(cell)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InputError(f"{TIMESTAMP}: expected a time such as 01/31/2026, 09:15:00 AM UTC")
    return instant.astimezone(UTC)


def _details(cell: str) -> dict[str, str]:
    """Return the parts of the cell by their labels; a part ends where the next label begins."""
    labels = list(_LABEL.finditer(cell))
    begins = [label.start() for label in labels]
    return {
        label[1]: cell[label.end() : end].strip().strip('"').strip()
        for label, end in zip(labels, [*begins[1:], len(cell)], strict=False)
    }
