"""A vendor's list of what is open, in any of its shapes: who has access, and what it states beyond that.

- CSV of portals, one edge or one portal a row: who, and nothing more (`streams.adapters.share_portals`).
- JSON of a portal, as crawls keep it: `sharing_outbound` has the names.
- CSV with the columns `recipient`, `network` and `scopes`, or JSON `{"shares": [{...}]}` with the same names:
  for what a person or a program took from the vendor's own page.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from streams.adapters.csv_rows import Row, Rows
from streams.adapters.share_lists import edges_of
from streams.adapters.share_notices import COLUMNS as OF_NOTICES
from streams.adapters.share_portals import Edge, parse_edges, split_names
from streams.adapters.vendor_scopes import scopes_of
from streams.errors import InputError
from streams.policy.names import is_blank
from streams.policy.share_listing import ListedShare

RECIPIENT, NETWORK, SCOPES = "recipient", "network", "scopes"
SHARES, OUTBOUND, SLUG = "shares", "sharing_outbound", "crawled_slug"


def parse_vendor_list(text: str, name: str, source: str | None = None) -> tuple[ListedShare, ...]:
    """Return what the list says is open; `name` is the file's name in messages.

    A file may hold the lists of many portals: `source` is whose is wanted, None for the only one in it.

    Raises:
        InputError: at the first entry that cannot be read, or it is no list of shares: in part it would make
            what is missing look closed.
    """
    if text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _of_json(text.lstrip("\ufeff"), name, source)
    header = Rows(text, name, ()).header
    if RECIPIENT in header:
        return tuple(_of_row(row) for row in Rows(text, name, (RECIPIENT,)))
    if set(OF_NOTICES) <= set(header):
        raise InputError(f"{name}: has requests for shares, which do not tell what is open")
    return _named(edges_of(list(parse_edges(text, name)), name, source))


def _of_row(row: Row) -> ListedShare:
    return ListedShare(
        recipient_name=row.name(RECIPIENT),
        network=row.cells.get(NETWORK, "").strip(),
        scopes=scopes_of(re.split(r"[;|]", row.cells.get(SCOPES, ""))),
    )


def _of_json(text: str, name: str, source: str | None) -> tuple[ListedShare, ...]:
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{name}: is no JSON: {error}") from error
    if isinstance(content, dict) and SHARES in content:
        return tuple(_of_object(one, f"{name}: shares[{place}]") for place, one in _listed(content, name))
    portals = content if isinstance(content, list) else [content]
    return _named(edges_of([edge for portal in portals for edge in _edges(portal, name)], name, source))


def _listed(content: dict[str, Any], name: str) -> Iterator[tuple[int, object]]:
    if not isinstance(content[SHARES], list):
        raise InputError(f"{name}: {SHARES}: expected a list")
    yield from enumerate(content[SHARES])


def _of_object(share: object, where: str) -> ListedShare:
    if not isinstance(share, dict) or not set(share) <= {RECIPIENT, NETWORK, SCOPES}:
        raise InputError(f"{where}: expected an object with recipient, network and scopes")
    recipient, network, scopes = share.get(RECIPIENT), share.get(NETWORK, ""), share.get(SCOPES, [])
    if not isinstance(recipient, str) or is_blank(recipient) or not isinstance(network, str):
        raise InputError(f"{where}: expected names of a recipient and a network")
    if not isinstance(scopes, list) or not all(isinstance(one, str) for one in scopes):
        raise InputError(f"{where}: scopes: expected a list of words")
    return ListedShare(recipient_name=recipient, network=network.strip(), scopes=scopes_of(scopes))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and not is_blank(value)


def _edges(portal: object, name: str) -> Iterator[Edge]:
    if not isinstance(portal, dict) or OUTBOUND not in portal:
        raise InputError(f"{name}: expected `{SHARES}`, or portals with `{OUTBOUND}`")
    recipients = portal[OUTBOUND]
    if isinstance(recipients, str):
        recipients = list(split_names(recipients))
    if not isinstance(recipients, list) or not all(_is_name(one) for one in recipients):
        raise InputError(f"{name}: {OUTBOUND}: expected a list of names")
    for recipient in recipients:
        yield Edge(str(portal.get(SLUG, "")), recipient)


def _named(edges: Iterable[Edge]) -> tuple[ListedShare, ...]:
    return tuple(ListedShare(recipient_name=edge.recipient) for edge in edges)
