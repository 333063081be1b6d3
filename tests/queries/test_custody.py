"""Access records of searches opened on record, and what of them speaks against shredding a month."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest

from streams.custody.action_log import read_actions
from streams.errors import InputError
from streams.ledger.admin_action import AdminAct
from streams.settings import Settings
from tests.cli.books_runner import gate_on
from tests.custody.test_contents import SIX_YEARS, ordered
from tests.gatehouse import gatehouse
from tests.policy.query_building import a_query
from tests.queries.house import Searches

pytestmark = pytest.mark.kafka


async def test_a_record_is_opened_on_record_and_its_month_is_kept_while_it_lies_in_plain(
    settings: Settings, tmp_path: Path
) -> None:
    async with gatehouse(settings.model_copy(update={"partitions": 1}), tmp_path) as house:
        worker = await (await house.worker()).ready()
        under = Searches(house)
        await under.send([a_query(user="Q. Officer")])
        (record,) = await under.recorded(1)
        await worker.kill()

        gate = gate_on(house.settings)
        arguments = ("queries", "open", record.access_id, "--by", "m.castro", "--reason", "complaint 26-118")
        told = await asyncio.to_thread(gate, *arguments)
        assert told.exit_code == 0, told
        assert json.loads(told.output)["search"]["user"] == "Q. Officer"
        (act,) = await read_actions(house.settings)
        assert (act.act, act.decision_id, act.by) == (AdminAct.OPEN, record.access_id, "m.castro")
        verified = await asyncio.to_thread(gate, "queries", "verify", "--json")
        assert [chain["problems"] for chain in json.loads(verified.output)["chains"]] == [[]]
        for wrong in (("nobody-knows-it", "--reason", "why"), (record.access_id, "--reason", " ")):
            refused = await asyncio.to_thread(gate, "queries", "open", *wrong)
            assert (refused.exit_code, "Q. Officer" in refused.output) == (2, False)
        assert len(await read_actions(house.settings)) == 1

        with pytest.raises(InputError, match="still holds searches of that month at offset 0"):
            await ordered(house, house.now + SIX_YEARS)
        await house.forget(house.topics.queries.name)
        with pytest.raises(InputError, match="its records are retained until"):
            await ordered(house, house.now + timedelta(days=365))


async def test_verify_says_what_is_wrong_and_ends_so(settings: Settings, tmp_path: Path) -> None:
    async with gatehouse(settings.model_copy(update={"partitions": 1}), tmp_path) as house:
        worker = await (await house.worker()).ready()
        under = Searches(house)
        await under.send([a_query()])
        await under.recorded(1)
        await worker.kill()
        await house.put(house.topics.queries_access.name, b"no record", 0)
        told = await asyncio.to_thread(gate_on(house.settings), "queries", "verify")
        assert told.exit_code == 4
        assert "partition 0: position 1: the record cannot be read" in told.output
        assert "the access records do not verify" in told.error
