"""What a batch of reads becomes: for each group and profile the deliveries in order, encoded once for all."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from streams.codecs.delivery import encode_delivery
from streams.codecs.trace_context import Headers
from streams.kafka.stage import Outgoing
from streams.ledger.live_record import ListedRead, ReadList, make_listed_read
from streams.policy.live.offer import Offer
from streams.policy.live.plan import Group, Plan


@dataclass(slots=True)
class Lot:
    """The deliveries that every member of a group gets by one of its profiles; `reads` are the same reads."""

    rows: list[Outgoing] = field(default_factory=list)
    reads: list[ListedRead] = field(default_factory=list)
    oldest: Offer | None = None
    # Where in the chain the list of its reads stands, once it does.
    list_seq: int | None = None
    _digests: dict[int, str] = field(default_factory=dict)

    def put(self, offer: Offer, listed: ListedRead, row: Outgoing) -> None:
        """Add a delivery."""
        self.rows.append(row)
        self.reads.append(listed)
        if self.oldest is None or listed.captured_at < self.oldest.read.captured_at:
            self.oldest = offer

    def digest(self, count: int) -> str:
        """Return the hex SHA-256 over the bytes of the first so many deliveries."""
        if count not in self._digests:
            values = (value or b"" for _, value, _ in self.rows[:count])
            self._digests[count] = hashlib.sha256(b"".join(values)).hexdigest()
        return self._digests[count]

    def read_list(self) -> ReadList:
        """Return the list that the ledger keeps sealed."""
        return ReadList(reads=tuple(self.reads))


class Lots:
    """The lots of one batch, by the group's place in the plan and the profile's place in the group."""

    def __init__(self, plan: Plan, batch_id: str, headers: Headers) -> None:
        self._plan = plan
        self._batch_id = batch_id
        # Of the batch and not of the read: a trace of its own would tell who else got the same read.
        self._headers = headers
        self._lots: dict[tuple[int, int], Lot] = {}
        # Of each profile, how many reads it has taken: their numbers, where ids would tell too much.
        self._numbers = [0] * len(plan.profiles)

    def add(self, offer: Offer, routes: Iterable[tuple[int, int]]) -> None:
        """Add one read by its routes.

        Raises:
            CodecError: a delivery of it is too large; nothing of it is added then.
        """
        rows: dict[int, Outgoing] = {}
        places = [(route, self._plan.groups[route[0]].profiles[route[1]]) for route in routes]
        # All of it is encoded before any of it is put in a lot.
        for _, profile in places:
            if profile not in rows:
                rows[profile] = self._row(offer, profile)
        listed = make_listed_read(
            read_id=offer.read.read_id, plate=offer.read.plate, captured_at=offer.read.captured_at
        )
        for route, profile in places:
            self._lots.setdefault(route, Lot()).put(offer, listed, rows[profile])
        for profile in rows:
            self._numbers[profile] += 1

    def _row(self, offer: Offer, profile: int) -> Outgoing:
        number = self._numbers[profile]
        delivery = self._plan.profiles[profile].cut(offer, self._batch_id, number)
        headers = [*self._headers, ("ce_id", f"{self._batch_id}/{profile}/{number}".encode())]
        return delivery.read.read_id.encode(), encode_delivery(delivery), headers

    def by_group(self) -> Iterator[tuple[Group, int, Lot]]:
        """Yield every lot with its group and the profile's place in it, in the order of both."""
        for (place, number), lot in sorted(self._lots.items(), key=lambda item: item[0]):
            yield self._plan.groups[place], number, lot

    def hold_at(self, now: datetime) -> bool:
        """Tell whether the oldest read of each lot would still go then."""
        return all(
            lot.oldest is not None and self._plan.profiles[group.profiles[number]].takes(lot.oldest, now)
            for group, number, lot in self.by_group()
        )
