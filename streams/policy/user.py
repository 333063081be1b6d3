"""A user of the agency's own: who may push what the gate shares, and search in the agency's name.

Source: LAPD Special Order 31 (2020): users of the data need a supervisor's written authorisation and
training, and whoever was inactive for a year is reoriented before they use it again. The State Auditor
(2019-118) found 13,000 people with access at one agency.

An id is that of an account, as it stands on requests. It is compared exactly, after trimming and Unicode
normalisation, as names of entities are.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from streams.policy.alias_index import spoken
from streams.policy.durations import require_duration
from streams.policy.names import tidy
from streams.policy.policy_in_force import AGENCY_ZONE
from streams.policy.vocabulary import EntityId, UserId, UserStatus

# For how long activity or an orientation lasts, an ISO 8601 duration (Special Order 31).
ORIENTED_FOR = "P1Y"
_ORIENTED_FOR = require_duration(ORIENTED_FOR, "ORIENTED_FOR")
# Hex digits of a name: 128 bits, beyond any accident.
_NAME_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """A supervisor's written authorisation, in force in `[at, until)`; without `until` it has no end."""

    by: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One user of an entity, as they stand now. Instants are UTC, and None for what never was.

    A first orientation is one as well: who has only just been trained has `reoriented_at` of that day.
    """

    user_id: UserId
    entity_id: EntityId
    status: UserStatus
    authorised: Authorisation | None = None
    trained_at: datetime | None = None
    reoriented_at: datetime | None = None
    last_active_at: datetime | None = None


class Lack(StrEnum):
    """What a user lacks, in words that name nobody."""

    UNKNOWN = "not in the user book"
    NOT_ACTIVE = "suspended"
    NOT_AUTHORISED = "without a written authorisation in force"
    NOT_TRAINED = "untrained"
    NOT_ORIENTED = "neither active nor reoriented within a year"


def user_name(entity_id: EntityId, user_id: str) -> str:
    """Return the name of the user's key in the books: a digest, so that no key shows who it is about.

    It is no secret: whoever knows an id can look it up.
    """
    # Newlines part them: an entity's id has none.
    text = f"user\n{entity_id}\n{tidy(user_id)}"
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_NAME_DIGITS]


def lacks_of(user: User | None, now: datetime) -> tuple[Lack, ...]:
    """Return what the user lacks at `now` to use the agency's data, in the order of the order; none is a yes.

    For pushes and for the agency's own queries alike (Special Order 31).
    """
    return (Lack.UNKNOWN,) if user is None else tuple(_lacks(user, now))


def _lacks(user: User, now: datetime) -> Iterator[Lack]:
    if user.status is not UserStatus.ACTIVE:
        yield Lack.NOT_ACTIVE
    if not is_authorised(user, now):
        yield Lack.NOT_AUTHORISED
    if user.trained_at is None or user.trained_at > now:
        yield Lack.NOT_TRAINED
    due = reorientation_due(user, now)
    if due is None or due <= now:
        yield Lack.NOT_ORIENTED


def is_authorised(user: User, now: datetime) -> bool:
    """Tell whether somebody else has authorised the user in writing, for a term that holds at `now`."""
    given = user.authorised
    if given is None or not is_another(given.by, user.user_id):
        return False
    return given.at <= now and (given.until is None or now < given.until)


def is_another(by: str, user_id: str) -> bool:
    """Tell whether `by` is somebody, and somebody else than the user."""
    # As they sound: who is spelt with another blank or a look-alike letter is the same person.
    return spoken(by) not in {"", spoken(user_id)}


def reorientation_due(user: User, now: datetime) -> datetime | None:
    """Return from when on the user has to be reoriented, a year after the last sign of them; None for none.

    Signs dated after `now` are none yet.
    """
    signs = (user.last_active_at, user.reoriented_at)
    past = [at for at in signs if at is not None and at <= now]
    return _ORIENTED_FOR.after(max(past), AGENCY_ZONE) if past else None
