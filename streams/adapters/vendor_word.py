"""What a vendor says, taken together: its event logs and its list, on top of what is on record of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from streams.adapters.share_log import UnreadRow, parse_share_log
from streams.adapters.vendor_lists import parse_vendor_list
from streams.adapters.vendor_source import VendorText
from streams.errors import InputError
from streams.policy.share_change import ShareChange
from streams.policy.share_listing import ListedShare, Listing, changes_of
from streams.policy.share_memory import Share, ShareMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What was read of one vendor: a list or None, and logs. `source` is whose list of many is meant."""

    vendor: str
    listed: VendorText | None
    logs: Sequence[VendorText] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """The vendor's word after it was taken in: all of its shares, what changed, and what cannot be read."""

    shares: tuple[Share, ...]
    changes: tuple[ShareChange, ...]
    unread: tuple[UnreadRow, ...]


def take_in(statement: Statement, memory: ShareMemory, now: datetime) -> Word:
    """Take the statement into the memory, the logs first, and return the vendor's word after it.

    Raises:
        InputError: a list or a log cannot be read, names nobody, or cannot be set against what is on record.
    """
    changes: list[ShareChange] = []
    unread: list[UnreadRow] = []
    for text in statement.logs:
        log = parse_share_log(text.text, text.name, statement.vendor)
        unread += log.unread
        changes += _news(log.changes, memory)
    if statement.listed is not None:
        listing = _listing(statement, statement.listed, now)
        _check(listing, memory)
        changes += _news(changes_of(listing, memory), memory)
    shares = tuple(share for share in memory.shares() if share.vendor == statement.vendor)
    return Word(shares=shares, changes=tuple(changes), unread=tuple(unread))


def _news(changes: Sequence[ShareChange], memory: ShareMemory) -> list[ShareChange]:
    """Take the changes in, in their order, and return those that were not known."""
    news = []
    for change in changes:
        if memory.is_news(change):
            news.append(change)
        memory.apply(change)
    return news


def _listing(statement: Statement, text: VendorText, now: datetime) -> Listing:
    shares = parse_vendor_list(text.text, text.name, statement.source)
    # A page that failed to load looks just so, and everybody would seem to be removed.
    if not shares:
        raise InputError(
            f"{text.name}: lists nobody; if that is so, look at the vendor's page and say so by hand"
        )
    return Listing(vendor=statement.vendor, shares=shares, at=now, reference=text.reference)


def _check(listing: Listing, memory: ShareMemory) -> None:
    """Refuse a list that states no networks where the record does: all on record would look removed."""
    on_record = [one for one in memory.shares() if one.vendor == listing.vendor and one.is_open]
    if on_record and _names_networks(on_record) != _names_networks(listing.shares):
        raise InputError(
            f"{listing.reference.split()[0]}: states networks where the record of `{listing.vendor}` does "
            "not, or the reverse; give it another name with --vendor"
        )


def _names_networks(shares: Sequence[Share | ListedShare]) -> bool:
    return any(one.network for one in shares)
