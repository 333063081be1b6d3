"""Exports as vendors write them, with people and plates that do not exist."""

import csv
import io
from collections.abc import Sequence

AGENCY = "Los Angeles CA PD"
# With the blanks that stand before every head but the first.
ORGANISATION_HEADS = (
    "ID", " Name", " Org Name", " Total Networks Searched", " Total Devices Searched", " Time Frame",
    " License Plate", " Reason", " Case #", " Filters", " Search Time", " Search Type", " Text Prompt",
    " Moderation",
)  # fmt: skip
ORGANISATION_ROW = (
    "7d3f0c52-4f3b-4d0e-9a54-0a7a5b1a6c01", "A. Officer", AGENCY, "541", "15,737",
    "06/01/2025, 07:00:00 AM UTC\n06/08/2025, 06:59:59 AM UTC", "7ZZZ001", "stolen vehicle", "25-001234", "",
    "06/07/2025, 12:27:03 AM UTC", "lookup", "", "",
)  # fmt: skip
# As of December 2025: names, plates and devices are gone, and an offence has come.
NETWORK_HEADS = (
    "ID", " Org Name", " Total Networks Searched", " Time Frame", " Reason", " Offense Type",
    " Search Time", " Search Type",
)  # fmt: skip
NETWORK_ROW = (
    "7d3f0c52-4f3b-4d0e-9a54-0a7a5b1a6c02", "Pasadena CA PD", "0",
    "1/2/2026, 8:00:00 AM UTC to 1/3/2026, 8:00:00 AM UTC", "robbery", "Robbery", "1/3/2026, 7:59:00 PM UTC",
    "lookup - Mobile",
)  # fmt: skip
PORTAL_HEADS = ("id", "userId", "searchDate", "networkCount", "reason")
PORTAL_ROW = ("7d3f0c52-4f3b-4d0e-9a54-0a7a5b1a6c03", "***", "2026-01-03T19:59:00.000Z", "341", "211PC")


def written(*rows: Sequence[str]) -> bytes:
    """Return the rows as a file of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def changed(heads: Sequence[str], row: Sequence[str], **cells: str) -> tuple[str, ...]:
    """Return the row with other cells; a head is named in lower case, with `_` for blanks."""
    names = [head.strip().lower().replace(" ", "_").replace("#", "number") for head in heads]
    return tuple(cells.pop(name, cell) for name, cell in zip(names, row, strict=True))
