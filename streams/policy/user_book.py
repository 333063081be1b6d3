"""The users of the books, by the name of their key; who cannot be read stands in it no more."""

from collections.abc import Iterator

from streams.policy.names import is_blank
from streams.policy.user import User, user_name
from streams.policy.vocabulary import EntityId


class UserBook:
    """The latest value of every user."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}

    def get(self, entity_id: EntityId, user_id: str) -> User | None:
        """Return the user of that entity with that id, or None; a blank id is nobody's."""
        return None if is_blank(user_id) else self._users.get(user_name(entity_id, user_id))

    def named(self, name: str) -> User | None:
        """Return the user whose key has that name, or None."""
        return self._users.get(name)

    def all(self) -> tuple[User, ...]:
        """Return every user that can be read, by entity and id."""
        return tuple(sorted(self, key=lambda one: (one.entity_id, one.user_id)))

    def put(self, user: User) -> None:
        """Put the user in the place of the earlier value."""
        self._users[user_name(user.entity_id, user.user_id)] = user

    def drop(self, name: str) -> None:
        """Forget a user whose value cannot be read: it may be just what suspends them."""
        self._users.pop(name, None)

    def copy(self) -> "UserBook":
        """Return a book of its own with the same users."""
        twin = UserBook()
        twin._users = dict(self._users)
        return twin

    def __iter__(self) -> Iterator[User]:
        """Iterate over the users that can be read."""
        return iter(self._users.values())
