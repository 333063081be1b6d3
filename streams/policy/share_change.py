"""That a vendor opened or closed a share in its own product, as its event log or its lists tell.

The gate carries none of it: what is switched on at a vendor's is seen, and not stopped. Such shares have come
back by themselves, and gone on for seventeen months with nobody to see it.
"""

from dataclasses import dataclass
from datetime import datetime

from streams.policy.vocabulary import Scope, Word


class ShareChangeKind(Word):
    """What happened. Only `REMOVAL` closes: what a reader does not know counts as open."""

    UNKNOWN = "unknown"
    GRANT = "grant"
    REMOVAL = "removal"
    # Found open when a vendor's list was first read, so that nobody knows since when.
    OBSERVATION = "observation"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareChange:
    """One change of one recipient's access to one network.

    `vendor` names whose statement it is; statements of two are never set against one another. `network` is
    blank where the vendor does not say. `scopes` are all that is open afterwards, empty where the vendor does
    not say and after a removal. `at` (UTC) is when it was made, or when the list was read that shows it.
    `reference` says where it can be looked up: the event's id, or the list with its digest.
    """

    change_id: str
    kind: ShareChangeKind
    vendor: str
    network: str
    recipient_name: str
    scopes: tuple[Scope, ...]
    at: datetime
    reference: str
