"""The exports that are read, and what their columns are called; vendors have renamed and dropped them since.

Columns are found by name, whatever their order, case and blanks. A form says only which ones a file must have
to be one of its kind; every other may be missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Column(StrEnum):
    """A column by its meaning; the values are how vendors head it, in lower case."""

    ID = "id"
    USER = "name"
    ORGANISATION = "org name"
    NETWORKS = "total networks searched"
    DEVICES = "total devices searched"
    TIME_FRAME = "time frame"
    PLATE = "license plate"
    REASON = "reason"
    CASE_NUMBER = "case #"
    FILTERS = "filters"
    SEARCH_DATE = "search date"
    SEARCH_TIME = "search time"
    SEARCH_TYPE = "search type"
    TEXT_PROMPT = "text prompt"
    MODERATION = "moderation"
    OFFENCE = "offense type"


# The public portal has names of its own for the same things.
OTHER_HEADS: Mapping[str, Column] = {
    "userid": Column.USER,
    "searchdate": Column.SEARCH_TIME,
    "networkcount": Column.NETWORKS,
    "case number": Column.CASE_NUMBER,
    "search date/time": Column.SEARCH_TIME,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryForm:
    """One kind of export: its name, and the columns without which a file is none of it.

    Without a column for the organisation the file is of one organisation alone, which has to be named.
    """

    name: str
    columns: tuple[Column, ...]


QUERY_FORMS: Mapping[str, QueryForm] = {
    form.name: form
    for form in (
        # Searches by one organisation's own users, wherever they searched.
        QueryForm(name="flock-organization-audit", columns=(Column.USER, Column.SEARCH_TIME, Column.REASON)),
        # Searches by anybody that reached the cameras of one organisation.
        QueryForm(
            name="flock-network-audit", columns=(Column.ORGANISATION, Column.SEARCH_TIME, Column.REASON)
        ),
        # What an organisation shows to the public of its own searches.
        QueryForm(name="flock-portal", columns=(Column.ID, Column.SEARCH_TIME, Column.REASON)),
    )
}


def column_of(head: str) -> Column | None:
    """Return the column that a cell of the header names, or None."""
    name = " ".join(head.split()).lower()
    try:
        return Column(name)
    except ValueError:
        return OTHER_HEADS.get(name)
