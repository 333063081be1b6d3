"""Which id stands for a schema in this process: the checked-in one, or the one that a registry has given.

It is settled once, at the start and before the process reads or writes a record; without a registry nothing
is to be done. What a registry gives is written from then on, and both ids are read: a ledger is kept for
years, and has records from before there was a registry.

So one id may not stand for two schemas. Registries count from 1, and so do the oldest of ours.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from streams.codecs.catalogue import rows
from streams.errors import InputError

# Fingerprint of a schema -> the id that the registry gave it
Ids = Mapping[bytes, int]
# Has a codec take over the ids that are in use.
Follow = Callable[[Ids], None]

_followers: list[Follow] = []
_in_use: Ids = MappingProxyType({})


def ids_in_use() -> Ids:
    """Return the ids that a registry has given; none when the checked-in ones are written."""
    return _in_use


def follow_ids(follow: Follow) -> None:
    """Call now with the ids in use, and again when they are settled."""
    _followers.append(follow)
    follow(_in_use)


def use_ids(given: Ids) -> None:
    """Write these ids from now on, and read them beside the checked-in ones.

    Raises:
        InputError: one of them is the checked-in id of another schema, or there are others in use already,
            since a process that wrote under two sets of ids could be read by nobody.
    """
    global _in_use  # noqa: PLW0603  # one for the process, like the codecs that follow it
    if _in_use and _in_use != given:
        raise InputError("this process has taken its schema ids from another registry already; start it anew")
    refuse_ambiguous(given)
    _in_use = MappingProxyType(dict(given))
    for follow in _followers:
        follow(_in_use)


def refuse_ambiguous(given: Ids) -> None:
    """Refuse ids under which bytes could be read as another record than they are.

    Raises:
        InputError: an id stands for two schemas.
    """
    known = {row.schema_id: bytes.fromhex(row.fingerprint) for row in rows()}
    files = {bytes.fromhex(row.fingerprint): row.file for row in rows()}
    for fingerprint, schema_id in given.items():
        first = known.setdefault(schema_id, fingerprint)
        if first != fingerprint:
            raise InputError(
                f"the schema registry gives the id {schema_id} to `{files.get(fingerprint)}`, and here it is "
                f"that of `{files.get(first)}`: an old record could be read as another, so nothing starts; "
                "take an empty registry or one that is far beyond our ids, the guide says how"
            )
