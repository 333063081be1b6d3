"""What vendors said is open, over time: without it nobody could tell that a share came back.

A fold over share changes. It remembers each share that ever was, for a removal must not be forgotten: the
setting that was switched off and came back on by itself is the failure that this is for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from streams.policy.names import tidy
from streams.policy.share_change import ShareChange, ShareChangeKind
from streams.policy.vocabulary import Scope

_REMOVAL, _OBSERVATION = ShareChangeKind.REMOVAL, ShareChangeKind.OBSERVATION
# What a share is judged by when its vendor states no scope.
NOT_STATED = (None,)
Parts = dict[Scope | None, "Share"]


class ShareKey(NamedTuple):
    """Whose access to what, by which vendor's word; names in the spelling by which they are compared."""

    vendor: str
    network: str
    recipient: str

    @classmethod
    def of(cls, vendor: str, network: str, recipient_name: str) -> "ShareKey":
        """Return the key of a share by the names as given."""
        return cls(vendor, tidy(network), tidy(recipient_name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One recipient's access to one network by one scope; a blank network or scope is one not stated.

    `since` is when it was opened, None when it was found open. `removed_at` is when it was last removed, None
    for never: a share that is open and has one came back. Instants are UTC.
    """

    vendor: str
    network: str
    recipient_name: str
    scope: Scope | None
    is_open: bool = True
    since: datetime | None = None
    removed_at: datetime | None = None


class ShareMemory:
    """The shares of all vendors, each part as it stands; changed by `apply` alone."""

    def __init__(self, changes: Iterable[ShareChange] = ()) -> None:
        self._shares: dict[ShareKey, Parts] = {}
        self._latest: dict[ShareKey, datetime] = {}
        for change in changes:
            self.apply(change)

    def apply(self, change: ShareChange) -> tuple[Share, ...]:
        """Take the change in, and return the parts that it says are open.

        One that is older than what is known of that share changes nothing and says nothing: logs are read
        more than once, and lists are read between them.
        """
        key = ShareKey.of(change.vendor, change.network, change.recipient_name)
        if change.at < self._latest.get(key, change.at):
            return ()
        self._latest[key] = change.at
        known = self._shares.setdefault(key, {})
        opened, gone_at = _opened_by(change, known), _gone_at(known)
        if change.scopes:
            # The vendor says now what it did not say before, which is no removal.
            known.pop(None, None)
        for part, share in tuple(known.items()):
            if share.is_open and part not in opened:
                known[part] = replace(share, is_open=False, removed_at=change.at)
        for part in opened:
            known[part] = _open(known.get(part), change, part, gone_at)
        return tuple(known[part] for part in opened)

    def recall(self, change: ShareChange, other: "ShareMemory") -> None:
        """Take over what the other knows of the change's share, unless something is known of it here."""
        key = ShareKey.of(change.vendor, change.network, change.recipient_name)
        known = other.known_of(key)
        if known is not None and key not in self._shares:
            self._shares[key], self._latest[key] = known

    def known_of(self, key: ShareKey) -> tuple[Parts, datetime] | None:
        """Return the parts of a share, as a copy, and when it last changed; None for what never was."""
        parts = self._shares.get(key)
        return None if parts is None else (dict(parts), self._latest[key])

    def is_news(self, change: ShareChange) -> bool:
        """Tell whether the change would change what is known; what is known already need not be recorded."""
        key = ShareKey.of(change.vendor, change.network, change.recipient_name)
        known = self._shares.get(key)
        if known is None:
            return True
        if change.at < self._latest[key]:
            return False
        return self.open_scopes(key) != frozenset(_opened_by(change, known))

    def vendors(self) -> frozenset[str]:
        """Return the vendors of which anything is on record."""
        return frozenset(key.vendor for key in self._shares)

    def open_scopes(self, key: ShareKey) -> frozenset[Scope | None]:
        """Return the parts of that share that are open; none when it is closed or was never there."""
        return frozenset(part for part, one in self._shares.get(key, {}).items() if one.is_open)

    def shares(self) -> Iterator[Share]:
        """Yield every part that ever was, by vendor, network and recipient."""
        for key in sorted(self._shares):
            parts = self._shares[key]
            yield from (parts[part] for part in sorted(parts, key=lambda one: one or ""))


def _opened_by(change: ShareChange, known: Parts) -> tuple[Scope | None, ...]:
    """Return the parts that are open after the change."""
    if change.kind is _REMOVAL:
        return ()
    if change.scopes:
        return tuple(dict.fromkeys(change.scopes))
    # Without a word on scopes those that are open stay so.
    return tuple(part for part, share in known.items() if share.is_open) or NOT_STATED


def _gone_at(known: Parts) -> datetime | None:
    """Return when the last part of a share was removed; None while any is open, or if there never was one."""
    if any(share.is_open for share in known.values()):
        return None
    return max((share.removed_at for share in known.values() if share.removed_at), default=None)


def _open(before: Share | None, change: ShareChange, part: Scope | None, gone_at: datetime | None) -> Share:
    if before is not None and before.is_open:
        return before
    return Share(
        vendor=change.vendor,
        network=change.network,
        recipient_name=change.recipient_name,
        scope=part,
        since=None if change.kind is _OBSERVATION else change.at,
        # A share that is opened again came back with all its scopes, those that are new to it too.
        removed_at=gone_at or (None if before is None else before.removed_at),
    )
