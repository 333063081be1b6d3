"""What is known of one partition of the searches: where its chain stands, and which accesses it remembers."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from streams.chains.state import ChainState
from streams.ledger.query_access import AccessKind, QueryAccess
from streams.policy.vocabulary import DecisionId


class KnownAccesses:
    """The ids of the accesses that were told last, at most `limit`, the oldest first.

    Beyond it the same telling of a search is recorded as an access once more, which loses nothing.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._ids: OrderedDict[DecisionId, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[DecisionId]:
        """Iterate over the ids, in the order in which they will be forgotten."""
        return iter(self._ids)

    def __contains__(self, access_id: DecisionId) -> bool:
        return access_id in self._ids

    def add(self, access_ids: Iterable[DecisionId]) -> None:
        """Remember ids as the newest ones, and forget the oldest beyond the limit."""
        for access_id in access_ids:
            self._ids[access_id] = None
            self._ids.move_to_end(access_id)
            if len(self._ids) > self.limit:
                self._ids.popitem(last=False)


@dataclass(slots=True, kw_only=True)
class QueriesState(ChainState):
    """The state of one partition. `sealed_with` is the key of the last record that was replayed."""

    name: str = "the access records of searches"
    known: KnownAccesses
    sealed_with: str | None = None

    def replay(self, record: QueryAccess) -> None:
        """Take in one record of the chain, in order.

        Raises:
            LedgerError: it does not continue the chain.
        """
        self.follow(record)
        if record.sealed_query is not None:
            self.sealed_with = record.sealed_query.key_id
        if record.kind is not AccessKind.MALFORMED:
            self.known.add((record.access_id,))
