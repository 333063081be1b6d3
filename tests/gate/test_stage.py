"""What a stage says without a broker; the rest of it is tested with a real one."""

from datetime import timedelta

import pytest

from streams.books.replica import BooksReplica
from streams.clock import ManualClock
from streams.errors import BooksNotCurrentError
from streams.gate.mark_replica import MarkReplica
from streams.gate.stage import GateStage, Surroundings
from streams.kafka.directory import TopicDirectory
from streams.kafka.runtime import Runtime
from streams.kafka.stage import Timing
from streams.metrics import Metrics
from streams.settings import Settings
from tests.gate.bench import KEYS, Bench, signed
from tests.policy.building import NOW, a_policy, an_evidence_hold

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
