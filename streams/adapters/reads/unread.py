"""Why a payload, or a part of it, is no read."""

from dataclasses import dataclass
from enum import StrEnum

from streams.errors import InputError


class UnreadReason(StrEnum):
    """The reasons. The first two are the vendor's own noise, and the rest are faults for a dead letter."""

    NOT_A_READ = "not_a_read"
    PREVIEW = "preview"
    UNPARSABLE = "unparsable"
    FIELD_MISSING = "field_missing"
    FIELD_INVALID = "field_invalid"
    NO_PLATE = "no_plate"
    IMPLAUSIBLE_TIME = "implausible_time"

    @property
    def is_noise(self) -> bool:
        """Tell whether the vendor sends this beside the reads as a matter of course."""
        return self in {UnreadReason.NOT_A_READ, UnreadReason.PREVIEW}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """What could not be read, and why; the message names fields and never shows what stood in them.

    `source_digest` is the SHA-256 of the payload, in hexadecimal.
    """

    reason: UnreadReason
    message: str
    source_digest: str


class UnreadError(InputError):
    """Ends the reading of one read; it becomes an `Unread`."""

    def __init__(self, reason: UnreadReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def missing(*paths: str) -> UnreadError:
    """Return the error that names the field, or the fields, of which one must be there."""
    return UnreadError(UnreadReason.FIELD_MISSING, f"expected {' or '.join(f'`{path}`' for path in paths)}")


def invalid(path: str, what: str) -> UnreadError:
    """Return the error that says what a field must be."""
    return UnreadError(UnreadReason.FIELD_INVALID, f"`{path}`: expected {what}")
