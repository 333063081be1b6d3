"""What a stage says without a broker; the rest of it is tested with a real one."""

from datetime import timedelta

import pytest

from streams.books.replica import BooksReplica
from streams.books.state import BooksState, Freshness
from streams.clock import ManualClock
from streams.errors import BooksNotCurrentError
from streams.gate.mark_replica import MarkReplica
from streams.gate.schedule import Schedule
from streams.gate.stage import GateStage, Surroundings
from streams.kafka.directory import TopicDirectory
from streams.kafka.runtime import Runtime
from streams.kafka.stage import Timing
from streams.metrics import Metrics
from streams.policy.vocabulary import ReasonCode
from streams.settings import Settings
from tests.gate.bench import KEYS, Bench, signed, signed_review
from tests.policy.building import NOW, a_policy, an_agreement, an_evidence_hold

SETTINGS = Settings(partitions=1, unsigned_books=True)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def stage(clock: ManualClock) -> GateStage:
    """Return a stage whose books are not loaded yet."""
    runtime = Runtime(settings=SETTINGS, clock=clock, metrics=Metrics())
    surroundings = Surroundings(
        runtime=runtime,
        replica=BooksReplica(SETTINGS, clock, "worker-1"),
        marks=MarkReplica(SETTINGS, clock),
        directory=TopicDirectory(SETTINGS, clock),
        keys=KEYS,
        schedule=Schedule(timedelta(hours=72)),
    )
    return GateStage(0, surroundings)


def recovered(stage: GateStage, bench: Bench) -> GateStage:
    """Return the stage with the state of a bench, as after a recovery."""
    stage._state = bench.state
    return stage


def test_before_its_recovery_a_stage_has_no_state(stage: GateStage) -> None:
    with pytest.raises(RuntimeError, match="the partition has not recovered yet"):
        _ = stage.state


def test_without_a_policy_nothing_is_decided(stage: GateStage, bench: Bench) -> None:
    with pytest.raises(BooksNotCurrentError, match="the books hold no policy"):
        recovered(stage, bench).draft()


def test_under_books_that_are_not_current_no_draft_holds_still(stage: GateStage, bench: Bench) -> None:
    assert not recovered(stage, bench).holds_still(bench.new_draft())


def current(stage: GateStage, bench: Bench, clock: ManualClock) -> GateStage:
    """Return the stage with books that are current now, at the revision of the bench."""
    replica = recovered(stage, bench)._around.replica
    replica._freshness = Freshness(stale_after=4, goal=0, heartbeat_at=clock.monotonic())
    replica.books.revision = bench.books.revision
    assert replica.state is BooksState.CURRENT
    return stage


def test_what_an_agreement_lets_out_is_not_committed_after_its_end(
    stage: GateStage, bench: Bench, clock: ManualClock
) -> None:
    # No event tells of the end, and the transaction hangs.
    end = NOW + timedelta(seconds=3)
    bench.revise(lambda books: books.put_agreement(an_agreement(version=4, end=end.isoformat())))
    draft = bench.draft(signed())
    blocked = bench.draft(signed(request_id="r-2", purpose_code="commercial"))
    assert len(draft.out_topics) == 1
    clock.advance(timedelta(seconds=2))
    assert current(stage, bench, clock).holds_still(draft)
    clock.advance(timedelta(seconds=1))
    assert not current(stage, bench, clock).holds_still(draft)
    assert stage.holds_still(blocked)


def test_a_draft_that_took_long_is_committed_when_nothing_has_ended(
    stage: GateStage, bench: Bench, clock: ManualClock
) -> None:
    draft = bench.draft(signed())
    clock.advance(timedelta(seconds=14))
    assert current(stage, bench, clock).holds_still(draft)


def test_what_a_reviewer_has_cleared_stays_cleared_while_the_transaction_hangs(
    stage: GateStage, bench: Bench, clock: ManualClock
) -> None:
    bench.send(signed(reason_text="ice detainer for a homicide suspect"))
    draft = bench.draft(signed_review(bench.last, "approve", ReasonCode.REASON_NEEDS_REVIEW))
    assert len(draft.out_topics) == 1
    clock.advance(timedelta(seconds=2))
    assert current(stage, bench, clock).holds_still(draft)


async def test_a_partner_who_asks_for_ever_lower_revisions_is_waited_for_once(
    stage: GateStage, bench: Bench, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []

    async def in_vain(revision: int, patience: float) -> bool:
        waits.append(revision)
        clock.advance(timedelta(seconds=patience))
        return False

    monkeypatch.setattr(current(stage, bench, clock)._around.replica, "wait_revision", in_vain)
    for number, revision in enumerate((10_000, 9_000, 500, 43)):
        assert await stage.settled(bench.send(signed(request_id=f"r-{number}", min_revision=revision)))
    assert waits == [10_000]
    assert {one.leading_reason for one in bench.ledger[1:]} == {ReasonCode.REVISION_NOT_REACHED}


def test_a_chain_that_has_not_begun_is_due_at_once(stage: GateStage, bench: Bench) -> None:
    assert recovered(stage, bench).seconds_to_duty() == 0


def test_without_holds_nothing_is_due_for_a_while(stage: GateStage, bench: Bench) -> None:
    bench.send(signed())
    assert recovered(stage, bench).seconds_to_duty() == 60


def test_the_next_deadline_is_due_when_it_comes(stage: GateStage, bench: Bench, clock: ManualClock) -> None:
    bench.send(signed(reason_text=""))
    recovered(stage, bench)
    clock.advance(timedelta(days=13))
    assert stage.seconds_to_duty() == 60
    clock.advance(timedelta(days=1) - timedelta(seconds=5))
    assert stage.seconds_to_duty() == 5
    clock.advance(timedelta(seconds=6))
    assert stage.seconds_to_duty() < 0


def test_an_adopted_draft_is_the_state(stage: GateStage, bench: Bench) -> None:
    draft = bench.draft(signed(reason_text=""), b"?")
    recovered(stage, bench).adopt(draft, Timing(steps={"decide": 0.1}, lag=3))
    assert (stage.state.head, stage.state.next_source) == (draft.head, 2)
    assert len(stage.state.holds) == 1


def test_an_overdue_obligation_is_due_at_once_and_only_until_it_is_told(
    stage: GateStage, bench: Bench, clock: ManualClock
) -> None:
    bench.send(signed())
    books = recovered(stage, bench)._around.replica.books
    books.put_policy(a_policy())
    books.put_agreement(an_agreement(obligations=[{"kind": "report", "text": "x", "due": "2026-05-01"}]))
    assert stage.seconds_to_duty() == 60
    clock.advance(timedelta(hours=12))
    assert stage.seconds_to_duty() == 0
    draft = stage.draft()
    draft.finish()
    stage.adopt(draft, Timing(steps={}, lag=0))
    assert stage.seconds_to_duty() == 60


def test_overdue_evidence_is_due_at_once_and_only_until_it_is_told(
    stage: GateStage, bench: Bench, clock: ManualClock
) -> None:
    bench.send(signed())
    books = recovered(stage, bench)._around.replica.books
    books.put_policy(a_policy())
    books.put_evidence_hold(an_evidence_hold(reverify_due=(NOW + timedelta(hours=1)).isoformat()))
    assert stage.seconds_to_duty() == 60
    clock.advance(timedelta(hours=1))
    assert stage.seconds_to_duty() == 0
    draft = stage.draft()
    draft.finish()
    assert stage.seconds_to_duty() == 0
    stage.adopt(draft, Timing(steps={}, lag=0))
    assert stage.seconds_to_duty() == 60
