"""The review queue from end to end: a worker on a real broker, and reviewers at the command line."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest

from streams.clock import SystemClock
from streams.codecs.answer import decode_answer
from streams.codecs.release import decode_release
from streams.codecs.signers import load_signers
from streams.codecs.signing_key import SigningKey, load_signing_key, new_signing_key, write_signing_key
from streams.custody.action_log import read_actions
from streams.custody.watching import watch_reviews
from streams.errors import InputError
from streams.ledger.admin_action import AdminAct
from streams.ledger.signed_note import read_note, signed_by
from streams.policy.request import SharingRequest
from streams.policy.vocabulary import DecisionId, ReasonCode, RecordKind, RequestId, Verdict
from streams.settings import Settings
from tests.cli.books_runner import Ended, Gate, gate_on
from tests.gatehouse import Gatehouse
from tests.workers import eventually

pytestmark = pytest.mark.kafka

CASTRO, STRANGER = new_signing_key("m.castro", bytes(range(32))), new_signing_key("m.castro", bytes(32))
NEEDS_REVIEW = ReasonCode.REASON_NEEDS_REVIEW
Counts = tuple[float, float]


@dataclass(frozen=True)
class Desk:
    """A house with a running worker that knows one reviewer, and the commands."""

    house: Gatehouse
    gate: Gate
    folder: Path

    async def __call__(self, *words: str) -> Ended:
        return await asyncio.to_thread(self.gate, "review", *words)

    async def act(self, act: str, decision_id: str, *words: str, by: SigningKey = CASTRO) -> Ended:
        key = self.folder / f"{by.verifier.hash.hex()}.key"
        if not key.exists():
            write_signing_key(by, key)
        return await self(act, decision_id, "--key", str(key), "--timeout", "30", *words)

    async def look(self, decision_id: str, *words: str, by: SigningKey = CASTRO) -> Ended:
        key = self.folder / f"{by.verifier.hash.hex()}.look"
        if not key.exists():
            write_signing_key(by, key)
        return await self("second-look", decision_id, "--key", str(key), *words)

    async def held(self, **changes: object) -> str:
        """Send a request with a screened word, and return the id of the decision that holds it."""
        base = next(each.request for each in self.house.day().requests(400) if each.story == "search")
        changes = {"reason_text": "ICE detainer, homicide", "request_id": RequestId("held-1"), **changes}
        request: SharingRequest = self.house.sealed(replace(base, **changes))  # type: ignore[arg-type]  # any field
        await self.house.send([request])
        await self.house.decided()
        found = [one for one in await self.house.ledger() if one.request_id == request.request_id]
        assert found[-1].verdict is Verdict.HOLD
        return found[-1].decision_id

    async def releases(self, decision_id: str) -> int:
        """Return how often what was decided lies in a recipient's topic."""
        topics = [await self.house.read(topic) for topic in await self.house.out_topics()]
        return [decode_release(raw.value).decision_id for raws in topics for raw in raws].count(
            DecisionId(decision_id)
        )


@pytest.fixture
async def desk(house: Gatehouse, tmp_path: Path) -> Desk:
    reviewers = tmp_path / "reviewers"
    reviewers.write_text(f"# the sharing desk\n\n{CASTRO.verifier}\n", encoding="utf-8")
    await (await house.worker(reviewers=reviewers)).ready(partitions=2)
    return Desk(house, gate_on(house.settings), tmp_path)


def test_a_reviewers_key_is_made_once_and_its_line_is_what_the_workers_read(
    settings: Settings, tmp_path: Path
) -> None:
    gate, file = gate_on(settings), tmp_path / "own.key"
    made = gate("review", "key", str(file), "--name", "m.castro")
    (tmp_path / "reviewers").write_text(made.output, encoding="utf-8")
    assert load_signers(tmp_path / "reviewers", "reviewers") == (load_signing_key(file).verifier,)
    assert gate("review", "key", str(file), "--name", "m.castro").exit_code == 2
    (tmp_path / "reviewers").write_text(made.output * 2, encoding="utf-8")
    with pytest.raises(InputError, match="share a name or a key"):
        load_signers(tmp_path / "reviewers", "reviewers")


async def test_a_held_request_is_listed_read_on_record_returned_and_approved(desk: Desk) -> None:
    decision_id = await desk.held()
    (row,) = [json.loads(line) for line in (await desk("list", "--json")).output.splitlines()]
    assert (row["decision_id"], row["for_review"], row["missing"]) == (decision_id, NEEDS_REVIEW, "-")
    assert row["left"] == "13 d"
    assert decision_id in (await desk("list")).output

    plain = await desk("show", decision_id)
    assert NEEDS_REVIEW in plain.output
    assert "ICE detainer" not in plain.output
    opened = await desk("show", decision_id, "--reason", "review", "--by", "m.castro")
    assert json.loads(opened.output)["request"]["reason_text"] == "ICE detainer, homicide"
    acts = (await asyncio.to_thread(desk.gate, "ledger", "actions", "--json")).output
    assert json.loads(acts)["decision_id"] == decision_id

    returned = await desk.act("return", decision_id, "--reason", "which court issued it?")
    assert (returned.exit_code, "returned" in returned.output) == (0, True), returned
    answers = [decode_answer(raw.value) for raw in await desk.house.read(desk.house.topics.answers.name)]
    assert "which court issued it?" in answers[-1].explanation
    assert "returned" in (await desk("list", "--json")).output

    approved = await desk.act("approve", decision_id, "--clears", NEEDS_REVIEW, "--reason", "a drug")
    assert (approved.exit_code, "forward" in approved.output) == (0, True), approved
    assert await desk.releases(decision_id) == 1
    assert "0 to review" in (await desk("list")).output
    again = await desk.act("approve", decision_id, "--clears", NEEDS_REVIEW, "--reason", "a drug")
    assert (again.exit_code, "is open" in again.error) == (2, True)
    assert (await desk.house.audit()).sound


async def test_promise_2_two_reviewers_at_once_resolve_a_hold_once(desk: Desk) -> None:
    decision_id = await desk.held()
    ended = await asyncio.gather(
        desk.act("approve", decision_id, "--clears", NEEDS_REVIEW, "--reason", "read"),
        desk.act("deny", decision_id, "--reason", "read"),
    )
    assert sorted(one.exit_code for one in ended) == [0, 2]
    found = [one for one in await desk.house.ledger() if one.follows == decision_id]
    assert [one.kind for one in found] == [RecordKind.RESOLUTION]
    assert await desk.releases(decision_id) == (found[0].verdict is Verdict.FORWARD)
    assert (await desk.house.audit()).sound


async def test_a_forged_signature_changes_nothing_and_alerts(desk: Desk) -> None:
    decision_id = await desk.held()
    forged = await desk.act("approve", decision_id, "--clears", NEEDS_REVIEW, "--reason", "x", by=STRANGER)
    assert (forged.exit_code, "refused the review" in forged.error) == (2, True), forged
    alerts = await desk.house.alerts()
    assert alerts[-1].kind is ReasonCode.REVIEW_REFUSED
    assert decision_id in (await desk("list", "--json")).output
    assert await desk.releases(decision_id) == 0
    assert (await desk.house.audit()).sound


async def test_what_is_held_and_reviewed_survives_a_kill(desk: Desk) -> None:
    decision_id = await desk.held()
    await desk.house.workers[0].kill()
    reviewers = desk.folder / "reviewers"
    waiting = asyncio.create_task(
        desk.act("approve", decision_id, "--clears", NEEDS_REVIEW, "--reason", "read")
    )
    await (await desk.house.worker("worker-2", reviewers=reviewers)).ready(partitions=2)
    approved = await waiting
    assert (approved.exit_code, "forward" in approved.output) == (0, True), approved
    assert await desk.releases(decision_id) == 1
    assert (await desk.house.audit()).sound


async def test_an_exigent_request_pages_and_is_reviewed_after_the_fact(desk: Desk) -> None:
    decision_id = await desk.held(exigent=True)
    page = (await desk.house.alerts())[-1]
    assert (page.kind, page.severity) == (ReasonCode.EXIGENT_WAITS, "critical")
    (row,) = [json.loads(line) for line in (await desk("list", "--json")).output.splitlines()]
    assert (row["exigent"], row["left"]) == ("exigent", "59 min")
    approved = await desk.act("approve", decision_id, "--clears", NEEDS_REVIEW, "--reason", "life at stake")
    assert "after the fact" in approved.output, approved
    (due,) = [
        json.loads(line) for line in (await desk("list", "--after-the-fact", "--json")).output.splitlines()
    ]
    assert (due["decision_id"], due["left"], due["cleared"]) == (decision_id, "2 d", NEEDS_REVIEW)
    assert due["age"] == "0 min"


async def test_a_second_look_is_signed_by_a_reviewer_once_and_ends_the_reminder(desk: Desk) -> None:
    decision_id = await desk.held(exigent=True)
    known = replace(
        desk,
        gate=gate_on(desk.house.settings.model_copy(update={"reviewers": desk.folder / "reviewers"})),
    )
    look = ("--found", "not_in_order", "--reason", "no life was at stake")
    early = await known.look(decision_id, *look)
    assert (early.exit_code, "no second look" in early.error) == (2, True), early
    await desk.act("approve", decision_id, "--clears", NEEDS_REVIEW, "--reason", "life at stake")
    async with watching(desk.house.settings, later(4)) as counted:
        assert await counted() == (1, 1)
        for wrong in (await known.look(decision_id, *look, by=STRANGER), await desk.look(decision_id, *look)):
            assert (wrong.exit_code, "none of a reviewer" in wrong.error) == (2, True), wrong
        done = await known.look(decision_id, *look)
        assert (done.exit_code, "on record as act" in done.output) == (0, True), done
        again = await known.look(decision_id, *look)
        assert (again.exit_code, "no second look" in again.error) == (2, True), again
        await eventually_equal(counted, (0, 0))
    assert (await desk("list", "--after-the-fact", "--json")).output == ""
    (act,) = await read_actions(desk.house.settings)
    assert (act.act, act.by, act.decision_id) == (AdminAct.LOOK, "m.castro", decision_id)
    note = read_note(act.orders[0])
    assert signed_by(note, CASTRO.verifier)
    assert "not_in_order" in note.text


async def test_a_second_look_is_overdue_after_three_days(desk: Desk) -> None:
    decision_id = await desk.held(exigent=True)
    await desk.act("approve", decision_id, "--clears", NEEDS_REVIEW, "--reason", "life at stake")
    async with watching(desk.house.settings, later(2)) as counted:
        assert await counted() == (1, 0)


def later(days: int) -> SystemClock:
    return SystemClock(timedelta(days=days))


@asynccontextmanager
async def watching(settings: Settings, clock: SystemClock) -> AsyncIterator[Callable[[], Awaitable[Counts]]]:
    """Run the watch; the value asks its page, once it has read all, for what is due and overdue."""
    free = settings.model_copy(update={"review_metrics_port": 0})
    async with (
        watch_reviews(free, clock) as watch,
        aiohttp.ClientSession(f"http://127.0.0.1:{watch.port}") as session,
    ):

        async def is_read() -> bool:
            async with session.get("/metrics") as response:
                return response.status == HTTPStatus.OK

        async def counted() -> Counts:
            async with session.get("/metrics") as response:
                told = dict(
                    re.findall(r"^alpr_gate_second_looks_(\w+) (\S+)$", await response.text(), re.MULTILINE)
                )
            return float(told["due"]), float(told["overdue"])

        await eventually(is_read)
        yield counted


async def eventually_equal(ask: Callable[[], Awaitable[Counts]], wanted: Counts) -> None:
    async def is_so() -> bool:
        return await ask() == wanted

    await eventually(is_so)


async def test_a_denied_request_is_blocked(desk: Desk) -> None:
    decision_id = await desk.held()
    denied = await desk.act("deny", decision_id, "--reason", "no case behind it")
    assert (denied.exit_code, "REVIEW_DENIED" in denied.output) == (0, True), denied
    assert await desk.releases(decision_id) == 0
