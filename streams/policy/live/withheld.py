"""Why a read goes to nobody, whatever the agreements say; counted and on record, never silent."""

from enum import StrEnum


class Withheld(StrEnum):
    """What keeps a read from every live share."""

    # The camera itself says that it sends again, or late: nobody can tell what recipients had already.
    REPLAY = "replay"
    # It went out before, under the same id.
    REPEATED = "repeated"
    # Beyond the agency's clock skew: its age could never be told.
    FUTURE = "future"
    # Logically deleted, or to be deleted for good (Special Order 31).
    TOO_OLD = "too_old"
    # Without an id it could be on no record.
    UNNAMED = "unnamed"
    # A hit whose list, owner, reason or case number nobody knows.
    HIT_INCOMPLETE = "hit_incomplete"
    # A hit on a list of immigration enforcement (Gov. Code 7284.6), or with words that are screened for.
    HIT_SCREENED = "hit_screened"
    UNREADABLE = "unreadable"
    # It could be read, and no delivery of it written.
    UNWRITABLE = "unwritable"
    # A rule could not be evaluated on it.
    FAILED = "failed"
