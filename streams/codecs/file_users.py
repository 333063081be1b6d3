"""One user of `users.yaml`; a date in it means 00:00 in Los Angeles.

What never was may be left out, for whoever is not trained yet may stand in the book all the same. What would
count for nothing without a word is refused here, with its line.
"""

from collections.abc import Iterator

from streams.codecs.marked_yaml import Fields
from streams.codecs.yaml_kinds import ID, TEXT, instant, word
from streams.policy.names import tidy
from streams.policy.user import Authorisation, User, is_another
from streams.policy.vocabulary import EntityId, UserId, UserStatus


def user_from(fields: Fields) -> User:
    """Return the user in `fields`; what is wrong with it stands in the problems of the file."""
    user = User(
        user_id=UserId(fields.required("user_id", TEXT)),
        entity_id=EntityId(fields.required("entity_id", ID)),
        status=fields.required("status", word(UserStatus)),
        authorised=_authorisation(fields.inner("authorised")),
        trained_at=fields.maybe("trained_at", instant()),
        reoriented_at=fields.maybe("reoriented_at", instant()),
        last_active_at=fields.maybe("last_active_at", instant()),
    )
    if user.authorised is not None and not is_another(user.authorised.by, user.user_id):
        fields.wrong("authorised", "expected `by` to be somebody else than the user")
    fields.done()
    return user


def user_claims(user: User) -> Iterator[tuple[str, str]]:
    """Yield the user's id within the entity, as a request's is compared."""
    yield "user_id", f"{tidy(user.user_id)} of {user.entity_id}"


def _authorisation(fields: Fields | None) -> Authorisation | None:
    if fields is None:
        return None
    given = Authorisation(
        by=fields.required("by", TEXT),
        at=fields.required("at", instant()),
        until=fields.maybe("until", instant()),
    )
    if given.until is not None and given.until <= given.at:
        fields.wrong("until", "expected a time that is after `at`")
    fields.done()
    return given
