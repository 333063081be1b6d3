"""What a recipient of a live share gets for one read.

It names no recipient and no agreement, so that all who may have the same of a read get the same bytes. What
accounts for it is the manifest of its batch in the ledger, one for each recipient.
"""

from dataclasses import dataclass

from streams.policy.making import maker_of
from streams.policy.request import PlateRead


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One read, minimised; `hot_lists` are the lists that it hit, each of which the agreement covers.

    `batch_id` names the batch in the ledger of live shares. Where time or place are coarse, `read.read_id` is
    a number within the batch: ids of cameras tell which camera it was, and when.
    """

    batch_id: str
    read: PlateRead
    hot_lists: tuple[str, ...] = ()


make_delivery = maker_of(Delivery)
