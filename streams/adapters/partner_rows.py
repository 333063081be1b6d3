"""Searches by partners as rows of CSV: who, when, and where that is known.

For what was taken from a vendor's audit export by whatever reads that. Columns `organisation` and `at`, and
`networks` with `;` between; nothing else is looked at, so plates and users have no place in it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from streams.adapters.csv_rows import Row, Rows
from streams.errors import InputError
from streams.policy.partner_access import PartnerAccess

ORGANISATION, AT, NETWORKS = "organisation", "at", "networks"


def parse_partner_rows(text: str, name: str) -> Iterator[PartnerAccess]:
    """Yield one access for each row; `name` is the file's name in messages.

    Raises:
        InputError: at the first row that cannot be read, with its line: a count with rows left out is wrong.
    """
    for row in Rows(text, name, (ORGANISATION, AT)):
        networks = (part.strip() for part in row.cells.get(NETWORKS, "").split(";"))
        yield PartnerAccess(
            organisation=row.name(ORGANISATION), at=_instant(row), networks=tuple(filter(None, networks))
        )


def _instant(row: Row) -> datetime:
    try:
        instant = datetime.fromisoformat(row.cells[AT].strip())
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InputError(f"{row.where}: {AT}: expected a time with its offset, such as 2026-01-31T09:15:00Z")
    return instant.astimezone(UTC)
