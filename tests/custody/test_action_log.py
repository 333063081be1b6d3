from dataclasses import replace

import pytest

from streams.codecs.admin_action import link_action
from streams.custody.action_log import action_log, open_actions, read_actions
from streams.errors import FencedError, LedgerError
from streams.ledger.admin_action import AdminAct, AdminAction
from streams.ledger.record import GENESIS_PREVIOUS
from streams.policy.vocabulary import DecisionId
from streams.settings import Settings
from tests.gatehouse import Gatehouse
from tests.policy.building import NOW

checked = action_log(Settings()).checked
ACT = AdminAction(
    act=AdminAct.OPEN,
    at=NOW,
    by="m.castro",
    organisation="Los Angeles Police Department",
    reason="complaint 26-118",
    decision_id=DecisionId("d-1"),
    seq=0,
    prev_hash=GENESIS_PREVIOUS,
)


def chain(length: int) -> list[bytes]:
    values, previous = [], GENESIS_PREVIOUS
    for seq in range(length):
        value, previous = link_action(replace(ACT, seq=seq, prev_hash=previous))
        values.append(value)
    return values


def test_a_whole_chain_is_read() -> None:
    assert [action.seq for action in checked(chain(3))] == [0, 1, 2]
    assert checked([]) == ()


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda values: [values[0].replace(b"castro", b"castor"), *values[1:]], 0),
        (lambda values: [values[0], values[2]], 1),
        (lambda values: [values[1], values[0], values[2]], 0),
        (lambda values: [*values, values[-1]], 3),
        (lambda values: [values[0], b"\x00garbage", values[1]], 1),
        (lambda values: [values[0], None], 1),
    ],
)
def test_what_was_changed_dropped_swapped_or_inserted_is_named(spoil: object, place: int) -> None:
    assert callable(spoil)
    with pytest.raises(LedgerError, match=f"act {place}"):
        checked(spoil(chain(3)))


@pytest.mark.kafka
async def test_acts_stand_one_after_the_other_and_are_read_again(house: Gatehouse) -> None:
    async with open_actions(house.settings) as log:
        first = await log.add(ACT)
        second = await log.add(replace(ACT, reason="another"))
    assert await read_actions(house.settings) == (first, second)
    assert second.prev_hash == first.hash
    async with open_actions(house.settings) as log:
        third = await log.add(ACT)
    assert (third.seq, third.prev_hash) == (2, second.hash)


@pytest.mark.kafka
async def test_who_opened_it_before_cannot_add_any_more(house: Gatehouse) -> None:
    async with open_actions(house.settings) as earlier:
        await earlier.add(ACT)
        async with open_actions(house.settings) as later:
            with pytest.raises(FencedError):
                await earlier.add(replace(ACT, reason="too late"))
            await later.add(replace(ACT, reason="in time"))
    assert [action.reason for action in await read_actions(house.settings)] == [ACT.reason, "in time"]


@pytest.mark.kafka
async def test_an_act_that_somebody_wrote_beside_it_is_found(house: Gatehouse) -> None:
    async with open_actions(house.settings) as log:
        await log.add(ACT)
    await house.put(house.topics.admin_actions.name, chain(1)[0], 0)
    with pytest.raises(LedgerError, match="act 1"):
        await read_actions(house.settings)


@pytest.mark.kafka
async def test_an_act_that_fits_and_that_no_command_committed_is_found(house: Gatehouse) -> None:
    async with open_actions(house.settings) as log:
        last = await log.add(ACT)
    forged, _ = link_action(replace(ACT, act=AdminAct.SHRED, seq=1, prev_hash=last.hash))
    await house.put(house.topics.admin_actions.name, forged, 0)
    with pytest.raises(LedgerError, match="act 1 of the administrative acts was never committed"):
        await read_actions(house.settings)


@pytest.mark.kafka
async def test_a_chain_that_lost_its_end_does_not_fit_what_was_committed(house: Gatehouse) -> None:
    async with open_actions(house.settings) as log:
        await log.add(ACT)
        await log.add(ACT)
    await house.forget(house.topics.admin_actions.name)
    await house.put(house.topics.admin_actions.name, chain(1)[0], 0)
    with pytest.raises(
        LedgerError, match="act 1 of the administrative acts is not the one that was committed"
    ):
        await read_actions(house.settings)
