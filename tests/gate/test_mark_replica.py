"""What a worker knows of the marks while transactions are open, committed and rolled back in any order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.books.source import RawBatch, RawRecord
from streams.clock import ManualClock
from streams.codecs.admin_action import encode_admin_action
from streams.codecs.mark import encode_mark
from streams.gate.mark_replica import MarkReplica
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.policy.mark import Mark
from streams.policy.vocabulary import DecisionId
from streams.settings import Settings
from tests.policy.building import NOW


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic of one mark an offset, each of a transaction of its own, and what became of it."""

    committed: tuple[bool, ...]
    # The first offset whose transaction is open; all behind it have no outcome that can be read.
    stable: int

    @classmethod
    def strategy(cls) -> st.SearchStrategy[Self]:
        outcomes = st.lists(st.booleans(), min_size=1, max_size=20)
        return outcomes.flatmap(
            lambda them: st.builds(cls, committed=st.just(tuple(them)), stable=st.integers(0, len(them)))
        )

    def batch(self, start: int, end: int, offsets: Iterable[int]) -> RawBatch:
        records = (RawRecord(offset=one, key=None, value=encode_mark(mark(one)), at=NOW) for one in offsets)
        return RawBatch(records=tuple(one for one in records if start <= one.offset < end), position=end)

    def of_committed(self, start: int, end: int) -> RawBatch:
        return self.batch(start, end, (one for one, stands in enumerate(self.committed) if stands))

    def of_everything(self, start: int, end: int) -> RawBatch:
        return self.batch(start, end, range(len(self.committed)))


def mark(offset: int) -> Mark:
    return Mark(
        decision_id=DecisionId(f"d-{offset}"),
        who="w",
        elements=(),
        window_from=None,
        window_to=None,
        until=NOW + timedelta(days=1),
    )


def replica() -> MarkReplica:
    return MarkReplica(Settings(partitions=1), ManualClock(NOW))


def known_to(one: MarkReplica) -> set[str]:
    return {mark.decision_id for mark in (*one.marks.of("w"), *one.marks.under_way.of("w"))}


@given(Topic.strategy(), st.lists(st.tuples(st.booleans(), st.integers(1, 8)), max_size=30))
def test_each_mark_is_known_from_when_it_is_read_until_it_is_rolled_back(
    topic: Topic, steps: list[tuple[bool, int]]
) -> None:
    """In whatever order the two readers come: what may stand is known, what was rolled back is forgotten."""
    worker = replica()
    settled = written = 0
    for is_settling, by in steps:
        if is_settling:
            end = min(settled + by, topic.stable)
            worker._settle(topic.of_committed(settled, end))
            settled = end
        else:
            end = min(written + by, len(topic.committed))
            worker._note(topic.of_everything(written, end))
            written = end
        stands = {one for one in range(settled) if topic.committed[one]}
        under_way = set(range(settled, max(written, settled)))
        assert known_to(worker) == {f"d-{one}" for one in stands | under_way}


def act(**changes: Any) -> AdminAction:
    passed = AdminAction(
        act=AdminAct.PASS_OVER,
        at=NOW,
        by="m.castro",
        organisation="LAPD",
        reason="ticket 88",
        offset=0,
        seq=0,
        prev_hash=bytes(32),
    )
    return replace(passed, **changes)


def batch(start: int, *values: bytes | None) -> RawBatch:
    records = (
        RawRecord(offset=start + place, key=None, value=one, at=NOW) for place, one in enumerate(values)
    )
    return RawBatch(records=tuple(records), position=start + len(values))


def unread(one: MarkReplica) -> list[int]:
    return sorted((*one.unread.standing, *one.unread.under_way))


@pytest.mark.parametrize("value", [None, b"", b"no mark", encode_mark(mark(0))[:-1]])
def test_what_cannot_be_read_is_noticed_before_and_after_it_is_committed(value: bytes | None) -> None:
    worker = replica()
    worker._note(batch(0, value))
    assert (unread(worker), worker.is_current) == ([0], False)
    worker._settle(batch(0, value))
    worker._note(batch(0, value))
    assert unread(worker) == [0]
    assert "record 0 of alpr.sharing.marks cannot be read" in (worker.obstacle or "")


def test_what_cannot_be_read_and_was_rolled_back_is_forgotten() -> None:
    worker = replica()
    worker._note(batch(0, b"no mark"))
    worker._settle(RawBatch(records=(), position=1))
    assert unread(worker) == []


def test_an_act_passes_over_the_one_record_before_it_that_it_names() -> None:
    worker = replica()
    worker._settle(batch(0, b"no mark", b"nor this", encode_admin_action(act(offset=1))))
    assert unread(worker) == [0]
    worker._settle(batch(3, encode_admin_action(act(offset=0)), encode_mark(mark(4))))
    assert unread(worker) == []
    assert known_to(worker) == {"d-4"}


def test_an_act_that_comes_before_passes_nothing_over() -> None:
    worker = replica()
    worker._settle(batch(0, encode_mark(mark(0)), encode_admin_action(act(offset=2)), b"no mark"))
    assert unread(worker) == [2]


def test_an_act_lifts_no_mark_and_another_kind_of_act_is_no_mark() -> None:
    worker = replica()
    worker._settle(batch(0, encode_mark(mark(0)), encode_admin_action(act(offset=0))))
    assert (known_to(worker), unread(worker)) == ({"d-0"}, [])
    worker._settle(batch(2, encode_admin_action(act(act=AdminAct.OPEN))))
    assert unread(worker) == [2]


def test_an_act_that_is_not_committed_yet_passes_nothing_over() -> None:
    worker = replica()
    worker._settle(batch(0, b"no mark"))
    worker._note(batch(0, b"no mark", encode_admin_action(act())))
    assert unread(worker) == [0]


def test_a_copy_that_was_never_read_to_its_end_is_not_current() -> None:
    assert not replica().is_current
