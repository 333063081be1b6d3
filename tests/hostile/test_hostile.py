"""Promise 5 for senders who follow no rule: nothing they send ends a worker or is passed over."""

from random import Random

import pytest

from streams.policy.vocabulary import ReasonCode, Verdict
from tests.gatehouse import Gatehouse
from tests.hostile.campaign import hostile_input
from tests.hostile.scene import without_topic

pytestmark = pytest.mark.kafka


async def test_promise_5_spoilt_requests_and_batches_are_recorded_or_refused(house: Gatehouse) -> None:
    outcome = await hostile_input(house, Random(5), 600)  # noqa: S311  # it must repeat
    assert outcome.sound, outcome


async def test_promise_5_a_recipient_whose_topic_was_deleted_is_unavailable_and_the_others_are_not(
    house: Gatehouse,
) -> None:
    worker = await (await house.worker()).ready(partitions=2)
    day = [each.request for each in house.day().requests(300) if each.verdict is Verdict.FORWARD]
    lost = await without_topic(house, day)
    places = await house.send(day)
    await house.decided()

    found = await house.by_place()
    told = {
        (request.recipient_name == lost, found[place][0].verdict, found[place][0].leading_reason)
        for request, place in zip(day, places, strict=True)
    }
    assert told == {
        (True, Verdict.HOLD, ReasonCode.RECIPIENT_UNAVAILABLE),
        (False, Verdict.FORWARD, None),
    }
    assert worker.alive
    assert (await house.audit()).sound
