"""The ids of reads that went out lately, so that none goes out twice however often its feed sends it."""

from collections import OrderedDict
from collections.abc import Iterable


class SentReads:
    """At most `most` ids, the latest; an older one that comes again goes out again."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._ids: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, read_id: str) -> bool:
        return read_id in self._ids

    @property
    def is_full(self) -> bool:
        """Tell whether an id that is put in puts another one out."""
        return len(self._ids) >= self._most

    def put(self, read_ids: Iterable[str]) -> None:
        """Remember the ids as the latest ones."""
        for read_id in read_ids:
            self._ids[read_id] = None
            self._ids.move_to_end(read_id)
        while len(self._ids) > self._most:
            self._ids.popitem(last=False)
