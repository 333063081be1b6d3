"""Users from CSV, as a directory or a vendor's list of accounts exports them; each row whole or an error.

A blank cell is what never was. All columns must be there, for a misspelt one would be passed over in silence.
"""

from datetime import datetime

from streams.adapters.csv_rows import Row, Rows
from streams.codecs.yaml_kinds import DEFAULT_ZONE, read_instant
from streams.errors import InputError
from streams.policy.user import Authorisation, User, is_another, user_name
from streams.policy.vocabulary import EntityId, UserId, UserStatus

COLUMNS = (
    "user_id", "entity_id", "status", "authorised_by", "authorised_at", "authorised_until", "trained_at",
    "reoriented_at", "last_active_at",
)  # fmt: skip


def parse_users(text: str, name: str) -> tuple[User, ...]:
    """Return the users of a CSV text, in the order of its rows; dates mean 00:00 in Los Angeles.

    Raises:
        InputError: the header lacks a column, or a row is no user, or a user stands there twice.
    """
    found: dict[str, User] = {}
    for row in Rows(text, name, COLUMNS):
        user = _user(row)
        key = user_name(user.entity_id, user.user_id)
        if key in found:
            raise InputError(f"{row.where}: user_id: expected each user once, got this one again")
        found[key] = user
    return tuple(found.values())


def _user(row: Row) -> User:
    user = User(
        user_id=UserId(row.name("user_id").strip()),
        entity_id=EntityId(row.name("entity_id").strip()),
        status=_status(row),
        authorised=_authorisation(row),
        trained_at=_instant(row, "trained_at"),
        reoriented_at=_instant(row, "reoriented_at"),
        last_active_at=_instant(row, "last_active_at"),
    )
    if user.authorised is not None and not is_another(user.authorised.by, user.user_id):
        raise InputError(f"{row.where}: authorised_by: expected somebody else than the user")
    return user


def _status(row: Row) -> UserStatus:
    known = [one.value for one in UserStatus if one is not UserStatus.UNKNOWN]
    text = row.cells["status"].strip()
    if text not in known:
        raise InputError(f"{row.where}: status: expected one of {', '.join(known)}, got `{text}`")
    return UserStatus(text)


def _authorisation(row: Row) -> Authorisation | None:
    at, until = _instant(row, "authorised_at"), _instant(row, "authorised_until")
    by = row.cells["authorised_by"].strip()
    if at is None or not by:
        if by or at or until:
            raise InputError(f"{row.where}: authorised_at: expected who authorised and when, or neither")
        return None
    if until is not None and until <= at:
        raise InputError(f"{row.where}: authorised_until: expected a time that is after `authorised_at`")
    return Authorisation(by=by, at=at, until=until)


def _instant(row: Row, column: str) -> datetime | None:
    text = row.cells[column].strip()
    if not text:
        return None
    try:
        return read_instant(text, DEFAULT_ZONE)
    except ValueError as error:
        raise InputError(f"{row.where}: {column}: {error}") from error
