"""A vendor's list of shares in any of its shapes, as recipients with the scopes that it states."""

from collections.abc import Iterator

from streams.adapters.csv_rows import Rows
from streams.adapters.share_import import Listed
from streams.adapters.share_notices import COLUMNS, parse_notices
from streams.adapters.share_portals import Edge, parse_edges
from streams.errors import InputError
from streams.policy.names import tidy


def read_listed(text: str, name: str, source: str | None) -> Iterator[Listed]:
    """Yield the recipients of a portal's list or of notices; `name` is the file's name in messages.

    A file may hold the lists of many portals: `source` is whose is wanted, None for the only one in it.

    Raises:
        InputError: at the first row that cannot be read, with its line; or the list of `source` is not there.
    """
    if set(COLUMNS) <= set(Rows(text, name, ()).header):
        for request in parse_notices(text, name):
            yield Listed(name=request.recipient_name, scopes=request.scopes)
        return
    for edge in edges_of(list(parse_edges(text, name)), name, source):
        yield Listed(name=edge.recipient)


def edges_of(edges: list[Edge], name: str, source: str | None) -> list[Edge]:
    """Return the edges of one portal's list: that of `source`, or of the only one there is.

    Raises:
        InputError: there are several and none is named, or there is none of that name.
    """
    sources = {tidy(edge.source) for edge in edges}
    if source is None and len(sources) > 1:
        raise InputError(f"{name}: has the lists of {len(sources)} agencies; say with --of whose is meant")
    if source is None:
        return edges
    if tidy(source) not in sources:
        raise InputError(f"{name}: has no list of `{source}`; its names are those of the vendor")
    return [edge for edge in edges if tidy(edge.source) == tidy(source)]
