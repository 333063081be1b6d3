"""What a hold becomes when its time is up."""

from datetime import timedelta

from streams.gate.draft import MOST_EXPIRED
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from tests.gate.bench import Bench, incomplete, kinds, signed, snapshot
from tests.policy.building import NOW

DEADLINE = NOW + timedelta(days=14)
MOMENT = timedelta(microseconds=1)


def test_before_its_deadline_a_hold_stays(bench: Bench) -> None:
    bench.send(incomplete())
    bench.advance(DEADLINE - MOMENT)
    assert not bench.draft().outbox


def test_at_its_deadline_a_hold_becomes_a_block_without_input(bench: Bench) -> None:
    bench.send(incomplete())
    held, before = bench.last, bench.state.next_source
    bench.revise(lambda _: None)
    bench.advance(DEADLINE)
    bench.send()
    assert kinds(bench)[-1] == ("resolution", "block")
    assert bench.last.leading_reason is ReasonCode.HOLD_EXPIRED
    assert (bench.last.source_offset, bench.state.next_source) == (None, before)
    assert (bench.last.follows, bench.last.decision_id) == (held.decision_id, held.decision_id)
    assert (bench.last.decided_at, bench.last.books_revision) == (DEADLINE, 42)
    assert bench.rows("alpr.sharing.holds")[-1] == (held.decision_id.encode(), None)


def test_an_expiry_is_answered_and_then_repeated(bench: Bench) -> None:
    bench.send(incomplete())
    bench.advance(DEADLINE)
    bench.send()
    answer = bench.answers[-1]
    assert (answer.kind, answer.verdict) == (RecordKind.RESOLUTION, Verdict.BLOCK)
    assert (answer.deadline, answer.missing) == (None, ())
    bench.send(incomplete())
    assert kinds(bench)[-1] == ("repeat", "block")
    assert bench.last.leading_reason is ReasonCode.HOLD_EXPIRED


def test_a_supplement_at_the_deadline_is_too_late_and_starts_afresh(bench: Bench) -> None:
    bench.send(incomplete())
    bench.advance(DEADLINE)
    bench.send(signed(requested_at=DEADLINE))
    assert kinds(bench)[1:] == [("decision", "forward"), ("resolution", "block")]


def test_more_holds_than_fit_one_transaction_expire_in_those_that_follow(bench: Bench) -> None:
    count = 2 * MOST_EXPIRED + 1
    bench.send(*[incomplete(request_id=f"r-{number}") for number in range(count)])
    bench.advance(DEADLINE)
    left = []
    for _ in range(4):
        bench.send()
        left.append(len(bench.state.holds))
    assert left == [MOST_EXPIRED + 1, 1, 0, 0]
    assert kinds(bench)[count:] == [("resolution", "block")] * count


def test_a_hold_resolved_in_a_draft_does_not_expire_in_it(bench: Bench) -> None:
    bench.send(incomplete())
    bench.missing = frozenset({"alpr.out.pasadena-pd"})
    bench.advance(DEADLINE - MOMENT)
    bench.send(signed(requested_at=bench.now))
    held = kinds(bench)
    assert held[-1] == ("resolution", "hold")
    bench.advance(DEADLINE)
    bench.send()
    assert [*held, ("resolution", "block")] == kinds(bench)
    assert snapshot(bench.state) == snapshot(bench.rebuilt())


def test_what_was_forgotten_while_it_was_held_is_resolved_by_itself() -> None:
    bench = Bench(remembered=1)
    bench.send(incomplete())
    bench.send(signed(request_id="r-2"))
    bench.send(incomplete())
    assert kinds(bench) == [("decision", "hold"), ("decision", "forward"), ("resolution", "hold")]
    assert [hold.deadline for hold in bench.state.holds] == [DEADLINE]
    assert snapshot(bench.state) == snapshot(bench.rebuilt())
