"""A vendor's list of what is open, and what must have happened since its last word for the list to be true.

A list says that access exists, and not since when. Beside what is on record of the same vendor, what is new
was granted in between and what is missing was removed; beside nothing, all of it was found open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from streams.policy.digest import derived_id
from streams.policy.share_change import ShareChange, ShareChangeKind
from streams.policy.share_memory import ShareKey, ShareMemory
from streams.policy.vocabulary import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedShare:
    """One row of a list: who has access to which network, by which scopes; empty is not stated."""

    recipient_name: str
    network: str = ""
    scopes: tuple[Scope, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One reading of a vendor's list at `at` (UTC); `reference` says which list it was."""

    vendor: str
    shares: tuple[ListedShare, ...]
    at: datetime
    reference: str


def changes_of(listing: Listing, memory: ShareMemory) -> tuple[ShareChange, ...]:
    """Return the changes since this vendor's last word on record: what is open first, then what is gone."""
    listed = _merged(listing)
    kind = ShareChangeKind.GRANT if listing.vendor in memory.vendors() else ShareChangeKind.OBSERVATION
    opened = (
        _change(listing, kind, share)
        for key, share in listed.items()
        if _differs(share, memory.open_scopes(key))
    )
    gone = (
        _change(listing, ShareChangeKind.REMOVAL, share)
        for key, share in _on_record(listing.vendor, memory)
        if key not in listed
    )
    return (*opened, *gone)


def _differs(share: ListedShare, opened: frozenset[Scope | None]) -> bool:
    """Tell whether the list shows something else; one that states no scopes says only that it is open."""
    return opened != frozenset(share.scopes) if share.scopes else not opened


def _merged(listing: Listing) -> dict[ShareKey, ListedShare]:
    """Return a share for each recipient and network, with the scopes of all its rows."""
    merged: dict[ShareKey, ListedShare] = {}
    for one in listing.shares:
        key = ShareKey.of(listing.vendor, one.network, one.recipient_name)
        scopes = (*merged[key].scopes, *one.scopes) if key in merged else one.scopes
        merged[key] = ListedShare(
            recipient_name=one.recipient_name, network=one.network, scopes=tuple(sorted(set(scopes)))
        )
    return merged


def _on_record(vendor: str, memory: ShareMemory) -> Iterator[tuple[ShareKey, ListedShare]]:
    """Yield this vendor's open shares, each once, whatever its scopes."""
    found: dict[ShareKey, ListedShare] = {}
    for share in memory.shares():
        if share.vendor == vendor and share.is_open:
            key = ShareKey.of(vendor, share.network, share.recipient_name)
            found[key] = ListedShare(recipient_name=share.recipient_name, network=share.network)
    yield from found.items()


def _change(listing: Listing, kind: ShareChangeKind, share: ListedShare) -> ShareChange:
    scopes = () if kind is ShareChangeKind.REMOVAL else share.scopes
    seed = (listing.vendor, kind, share.network, share.recipient_name, *scopes, listing.at.isoformat())
    return ShareChange(
        change_id=change_id_of(seed),
        kind=kind,
        vendor=listing.vendor,
        network=share.network,
        recipient_name=share.recipient_name,
        scopes=scopes,
        at=listing.at,
        reference=listing.reference,
    )


def change_id_of(parts: Iterable[str]) -> str:
    """Return the id of the change that these parts tell apart from every other."""
    return derived_id("\n".join(("share-change", *parts)))
