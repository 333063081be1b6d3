"""Names of entities: exact spellings that resolve, and what they read like when somebody mentions them.

Two indexes of the same claims. The exact one decides who receives; the folded one only raises suspicion, when
a text mentions somebody. A look-alike spelling therefore never receives, and never hides either. Both are
worked out when an entity is put in, so that a request costs one look-up whatever the size of the registry.
"""

from collections.abc import Iterable

from streams.policy.names import LONGEST_NAME, tidy, words_of
from streams.policy.vocabulary import EntityId

# Words that name a pool instead of a body; with nothing else beside them but the second set.
_POOL = frozenset(
    {"all", "any", "anyone", "anywhere", "every", "everybody", "everyone", "everything", "global", "national"}
    | {"nationwide", "nvls", "pool", "pools", "public", "shared", "statewide", "worldwide"}
)
_POOL_COMPANY = frozenset(
    {"access", "agencies", "agency", "and", "ca", "california", "departments", "enforcement", "in", "law"}
    | {"le", "lookup", "network", "networks", "of", "organisations", "organizations", "orgs", "partners"}
    | {"police", "search", "share", "sharing", "state", "states", "the", "us", "usa", "users"}
)


def names_a_pool(name: str) -> bool:
    """Tell whether the name is a pool of recipients ("statewide lookup", "all agencies", `*`) and nobody.

    Attorney General bulletin 2023-DLE-06 reaches databases that pool agencies. Every word must be of the two
    lists, so that "State Parks CA" or "All Saints University PD" is a body and no pool.
    """
    words = [word for word in words_of(name[:LONGEST_NAME]) if word]
    if not words:
        return "*" in name
    return not _POOL.isdisjoint(words) and all(word in _POOL or word in _POOL_COMPANY for word in words)


class AliasIndex:
    """Who claims which name. The name of a pool belongs to nobody, whoever claims it."""

    def __init__(self) -> None:
        self._names: dict[EntityId, tuple[str, ...]] = {}
        self._exact: dict[str, tuple[EntityId, ...]] = {}
        self._folded: dict[str, tuple[EntityId, ...]] = {}

    def claim(self, entity_id: EntityId, names: Iterable[str]) -> None:
        """Let the entity claim these names and give up all others."""
        for name in self._names.pop(entity_id, ()):
            _remove(self._exact, name, entity_id)
            _remove(self._folded, spoken(name), entity_id)
        spellings = {tidy(name): None for name in names if not names_a_pool(name)}
        # A blank spelling would make every request without a recipient's name resolve.
        wanted = tuple(spelling for spelling in spellings if spelling)
        self._names[entity_id] = wanted
        for name in wanted:
            _add(self._exact, name, entity_id)
            _add(self._folded, spoken(name), entity_id)

    def claimant(self, name: str) -> EntityId | None:
        """Return the one entity that claims this spelling, or None; two claimants are none."""
        # What is in the index is tidy already, so a name that is found needs no tidying.
        claimants = self._exact.get(name) or self._exact.get(tidy(name), ())
        # Of two bodies with one name neither is meant for certain, so neither receives (1798.90.55(b)).
        return claimants[0] if len(claimants) == 1 else None

    def has(self, name: str) -> bool:
        """Tell whether somebody claims just this spelling."""
        return bool(self._exact.get(name))

    def sounding_like(self, phrase: str) -> tuple[EntityId, ...]:
        """Return the entities of which a name has these folded words."""
        return self._folded.get(phrase, ()) if phrase else ()

    def copy(self) -> "AliasIndex":
        """Return an index of its own with the same claims."""
        twin = AliasIndex()
        twin._names = dict(self._names)
        twin._exact = dict(self._exact)
        twin._folded = dict(self._folded)
        return twin


def spoken(name: str) -> str:
    """Return the folded words of a name, with one blank between; full stops join (`U.S.` is `us`)."""
    return " ".join(words_of(name.replace(".", "")))


def _add(index: dict[str, tuple[EntityId, ...]], name: str, entity_id: EntityId) -> None:
    claimants = index.get(name, ())
    if entity_id not in claimants:
        index[name] = (*claimants, entity_id)


def _remove(index: dict[str, tuple[EntityId, ...]], name: str, entity_id: EntityId) -> None:
    index[name] = tuple(one for one in index[name] if one != entity_id)
