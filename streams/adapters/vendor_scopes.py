"""The permissions of vendors' shares by their words."""

from collections.abc import Iterable

from streams.adapters.share_notices import PERMISSIONS
from streams.policy.names import is_blank
from streams.policy.vocabulary import Scope

_SCOPES = {word.casefold(): scope for word, scope in PERMISSIONS.items()} | {one.value: one for one in Scope}


def scopes_of(words: Iterable[str]) -> tuple[Scope, ...]:
    """Return the scopes that a vendor's words or ours name; one that nobody knows is `UNKNOWN`.

    No agreement covers `UNKNOWN`, so a permission that a vendor has invented since is found.
    """
    named = [word.strip(" \"'[]") for word in words]
    return tuple(
        dict.fromkeys(_SCOPES.get(word.casefold(), Scope.UNKNOWN) for word in named if not is_blank(word))
    )
