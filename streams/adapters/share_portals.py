"""Shares as transparency portals list them: who has access to whose network.

Two shapes of one crawl are read: a row for each edge (`src_agency,external_agency`), or a row for each portal
with its recipients in one cell. In such a cell commas part the names, and a few names have a comma inside.
A portal states that access exists and nothing more, so each edge becomes a standing-share request with no
date, user, purpose or kind of data.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from streams.adapters.csv_rows import Row, Rows, derived_request_id
from streams.policy.names import tidy
from streams.policy.request import Requester, SharingRequest
from streams.policy.vocabulary import Initiator, RequestKind

CHANNEL = "share-portal"
SOURCE, RECIPIENT = "src_agency", "external_agency"
PORTAL, RECIPIENTS = "agency", "external_organizations_with_access"
CALIFORNIA = re.compile(r"\bCA\b")
# As the crawl writes a portal without a list.
NOT_LISTED = "NA"
# campuses are written as `University of California, Berkeley`
NAMES_WITH_COMMA = ("University of California", "California State University")


@dataclass(frozen=True, slots=True)
class Edge:
    """One share: the portal's agency lets the recipient in. Both names are as written."""

    source: str
    recipient: str

    def is_from_california(self) -> bool:
        """Tell whether the portal's name has the token CA; of the recipient that says nothing."""
        return CALIFORNIA.search(self.source) is not None


def parse_edges(text: str, name: str) -> Iterator[Edge]:
    """Yield every share that the file states; `name` is the file's name in messages.

    A portal that publishes only a count yields that count as its recipient, which no registry resolves.

    Raises:
        InputError: at the first row that is no share, with its line.
    """
    rows = Rows(text, name, ())
    if PORTAL in rows.header and RECIPIENTS in rows.header:
        for row in rows:
            yield from _listed(row)
        return
    for row in Rows(text, name, (SOURCE, RECIPIENT)):
        yield Edge(row.name(SOURCE), row.name(RECIPIENT))


def _listed(row: Row) -> Iterator[Edge]:
    source, cell = row.name(PORTAL), row.name(RECIPIENTS)
    if cell.strip() == NOT_LISTED:
        return
    for recipient in split_names(cell):
        yield Edge(source, recipient)


def split_names(cell: str) -> tuple[str, ...]:
    """Return the names of a comma-separated list, in which a campus keeps the comma of its name."""
    names: list[str] = []
    for part in (part.strip() for part in cell.split(",")):
        # Else a campus would become a system and a city, and the city may be a real recipient's name.
        if names and names[-1] in NAMES_WITH_COMMA:
            names[-1] = f"{names[-1]}, {part}"
        elif part:
            names.append(part)
    return tuple(names)


def request_of(edge: Edge) -> SharingRequest:
    """Return the edge as the recipient's request for a standing share of the portal agency's network."""
    return SharingRequest(
        request_id=derived_request_id("portal", tidy(edge.source), tidy(edge.recipient)),
        kind=RequestKind.STANDING_SHARE,
        initiated_by=Initiator.RECIPIENT,
        recipient_name=edge.recipient,
        requested_by=Requester(user="", organisation=edge.recipient),
        networks=(edge.source,),
        channel=CHANNEL,
    )
