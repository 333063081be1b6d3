"""Share requests as a vendor's notices tell of them: organisation, date and permissions, and nothing else.

A notice names no purpose, no user, no case and no kind of data, so the request has none: what is blank stays
blank, and the gate holds it until the requester fills it. The same request is told again in later notices;
its id comes from organisation and date alone, so that a re-sent one is a repeat, and one whose permissions
changed on the way is seen to have changed.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from streams.adapters.csv_rows import Row, Rows, derived_request_id
from streams.errors import InputError
from streams.policy.names import tidy
from streams.policy.request import Requester, SharingRequest
from streams.policy.vocabulary import Initiator, RequestKind, Scope

CHANNEL = "share-notice"
ZONE = ZoneInfo("America/Los_Angeles")
COLUMNS = ("requesting_organisation", "request_date", "permissions_requested")
# The vendor's words when a notice tells no permissions; then nothing is asked for, so nothing is covered.
NOT_STATED = "(not stated"
# By the vendor's spelling; a new one is an error rather than a guess.
PERMISSIONS = {
    "Search": Scope.SEARCH,
    "Hot List": Scope.HOT_LIST,
    "VMS": Scope.VMS,
    "VMS Go-Live": Scope.VMS_LIVE,
    "VMS Historical": Scope.VMS_HISTORICAL,
    "VMS Download": Scope.VMS_DOWNLOAD,
    "Analytics": Scope.ANALYTICS,
}


def parse_notices(text: str, name: str) -> Iterator[SharingRequest]:
    """Yield one standing-share request for each row; `name` is the file's name in messages.

    Raises:
        InputError: at the first row that is no notice, with its line.
    """
    for row in Rows(text, name, COLUMNS):
        yield _request(row)


def _request(row: Row) -> SharingRequest:
    organisation, day = row.name("requesting_organisation"), row.cells["request_date"].strip()
    return SharingRequest(
        request_id=derived_request_id("notice", tidy(organisation), day),
        kind=RequestKind.STANDING_SHARE,
        initiated_by=Initiator.RECIPIENT,
        recipient_name=organisation,
        requested_by=Requester(user="", organisation=organisation),
        # No purpose and no kind of data: to fill in what is usual would put words on the access record.
        scopes=_scopes(row.cells["permissions_requested"], row.where),
        requested_at=_midnight(day, row.where),
        channel=CHANNEL,
    )


def _scopes(cell: str, where: str) -> tuple[Scope, ...]:
    if cell.startswith(NOT_STATED):
        return ()
    words = [word.strip() for word in cell.split("|")]
    unknown = [word for word in words if word not in PERMISSIONS]
    if unknown:
        known = ", ".join(PERMISSIONS)
        raise InputError(
            f"{where}: permissions_requested: expected {known} with | between, got `{unknown[0]}`"
        )
    return tuple(PERMISSIONS[word] for word in words)


def _midnight(day: str, where: str) -> datetime:
    """Return the start of the vendor's Pacific day."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), ZONE).astimezone(UTC)
    except ValueError as error:
        raise InputError(f"{where}: request_date: expected a date such as 2026-01-31, got `{day}`") from error
