"""The page of a shadow: what its tally has, under labels from closed sets."""

import re

import aiohttp
import pytest

from streams.errors import UnavailableError
from streams.metric_names import SHADOW_METRICS
from streams.policy.comparison import Compared, Outcome
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from streams.rehearsal.shadow_page import shown
from streams.rehearsal.tally import Tally
from tests.policy.building import NOW, a_request

FORWARD, BLOCK = Outcome(Verdict.FORWARD, None), Outcome(Verdict.BLOCK, ReasonCode.AGREEMENT_REVOKED)


async def page_of(tally: Tally, path: str = "/metrics") -> tuple[int, str]:
    async with (
        shown(tally, "127.0.0.1", 0) as port,
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{port}{path}") as response,
    ):
        return response.status, await response.text()


async def test_disagreements_are_counted_by_both_verdicts() -> None:
    tally = Tally()
    for before, after in ((FORWARD, BLOCK), (FORWARD, BLOCK), (BLOCK, FORWARD), (FORWARD, FORWARD)):
        tally.note(a_request(), NOW, Compared(before, after, None))
    tally.left_out[RecordKind.REPEAT] += 3
    status, page = await page_of(tally)
    assert status == 200
    assert "\nalpr_gate_shadow_judged_total 4.0\n" in page
    told = dict(re.findall(r"^alpr_gate_shadow_disagreements_total(\{.*\}) (\S+)$", page, re.MULTILINE))
    assert told['{live="forward",shadow="block"}'] == "2.0"
    assert told['{live="block",shadow="forward"}'] == "1.0"
    assert sum(map(float, told.values())) == 3
    assert 'alpr_gate_shadow_left_out_total{kind="repeat"} 3.0' in page


async def test_all_stands_at_zero_before_anything_was_judged() -> None:
    _, page = await page_of(Tally())
    counts = re.findall(r"^alpr_gate_\w+_total(?:\{.*\})? (\S+)$", page, re.MULTILINE)
    assert len(counts) == 1 + len(Verdict) ** 2 + len(RecordKind)
    assert set(counts) == {"0.0"}
    assert set(re.findall(r"^# TYPE (\w+) counter", page, re.MULTILINE)) >= {
        one.name for one in SHADOW_METRICS
    }


async def test_there_is_no_other_page() -> None:
    assert (await page_of(Tally(), "/readyz"))[0] == 404


async def test_a_port_that_is_taken_is_told_with_the_way_out() -> None:
    async with shown(Tally(), "127.0.0.1", 0) as port:
        with pytest.raises(UnavailableError, match="give --metrics-port a port that is free"):
            async with shown(Tally(), "127.0.0.1", port):
                pass
