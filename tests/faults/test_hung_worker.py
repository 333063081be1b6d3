"""A worker that hangs in the middle of a transaction: all know what it is about to hold, and none waits."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from streams.kafka.partitioner import partition_of
from streams.ledger.record import LedgerRecord
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import ReasonCode, RequestId, Verdict
from tests.faults.hanging_worker import SAYS
from tests.gatehouse import Gatehouse
from tests.workers import Worker, eventually

pytestmark = pytest.mark.kafka

# The group must not hand the partition on, nor the broker end the transaction, before all is seen.
PATIENT: dict[str, Any] = {"session_timeout": 40.0, "transaction_timeout": 60.0}


async def two_workers(house: Gatehouse) -> tuple[int, int]:
    """Start a worker that will hang and one that will not, and return the partition of each."""
    command = (sys.executable, "-m", "tests.faults.hanging_worker")
    workers = [await house.start("worker-1", PATIENT, command), await house.worker("worker-2", **PATIENT)]

    async def each_has_one() -> bool:
        return all([(await worker.answers(200)).partitions in ([0], [1]) for worker in workers])

    await eventually(each_has_one)
    ((first,), (second,)) = [(await worker.answers(200)).partitions for worker in workers]
    return first, second


def ids_of(partition: int) -> Iterator[RequestId]:
    """Yield request ids that belong to a partition."""
    names = (RequestId(f"asked-{number}") for number in count())
    return (name for name in names if partition_of(name, 2) == partition)


async def decided_of(house: Gatehouse, requests: list[SharingRequest]) -> list[LedgerRecord]:
    """Send the requests, and return what they come to once that is to be seen."""
    places = await house.send(requests)

    async def all_are() -> bool:
        return set(places) <= set(await house.by_place())

    await eventually(all_are)
    found = await house.by_place()
    return [found[place][0] for place in places]


async def hung(house: Gatehouse, worker: Worker, request: SharingRequest) -> None:
    """Have the worker hang in the transaction that holds the request."""
    await house.send([request])
    await worker.says(SAYS)


async def test_what_a_hung_worker_is_about_to_hold_does_not_pass_elsewhere_and_nobody_waits(
    house: Gatehouse,
) -> None:
    theirs, ours = await two_workers(house)
    searches = [each.request for each in house.day().requests(800) if each.story == "search"]
    base, other = searches[0], next(one for one in searches if one.requested_by != searches[0].requested_by)
    held = replace(base, reason_text="ICE detainer", request_id=next(ids_of(theirs)))
    await hung(house, house.workers[0], house.sealed(held))

    ids = ids_of(ours)
    again = [house.sealed(replace(base, reason_text="homicide", request_id=next(ids))) for _ in range(5)]
    innocent = house.sealed(replace(other, request_id=next(ids)))
    *followers, free = await decided_of(house, [*again, innocent])

    assert {one.leading_reason for one in followers} == {ReasonCode.FOLLOWS_HELD_REQUEST}
    assert free.verdict is Verdict.FORWARD
    # The transaction is open still: nothing of its partition can be read, and yet nobody waits for it.
    assert not [one for one in await house.ledger() if one.request_id == held.request_id]
    assert (await house.workers[1].answers(200)).problems == []
