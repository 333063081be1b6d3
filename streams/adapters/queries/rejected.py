"""Why a row of an export is no search, told by its line and never by what stands in it."""

from dataclasses import dataclass
from enum import StrEnum

from streams.errors import InputError


class RejectReason(StrEnum):
    """The reasons. The first three are what vendors and spreadsheets leave between the rows."""

    BLANK = "blank"
    HEADER_AGAIN = "header_again"
    NO_SEARCH = "no_search"
    NOT_CSV = "not_csv"
    CELLS = "cells"
    TOO_LONG = "too_long"
    TIME = "time"
    TIME_FRAME = "time_frame"
    COUNT = "count"

    @property
    def is_noise(self) -> bool:
        """Tell whether nothing is lost with such a row."""
        return self in {RejectReason.BLANK, RejectReason.HEADER_AGAIN, RejectReason.NO_SEARCH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """One row that is no search; `line` is that of its first line in the file, from 1."""

    line: int
    reason: RejectReason
    message: str


class RejectedError(InputError):
    """Ends the reading of one row; it becomes a `Rejected`."""

    def __init__(self, reason: RejectReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
