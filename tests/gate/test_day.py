"""A simulated day through the gates of several partitions, malformed and misplaced records among it."""

from collections import Counter

import pytest

from streams.ledger.reconcile import Difference
from streams.ledger.record import LedgerRecord
from streams.policy.vocabulary import ReasonCode, RecordKind, Verdict
from tests.gate.town import OUT, Produced, Sizes, Town, a_day, in_batches_of, in_random_batches, outputs

COUNT = 4000


def a_town(sizes: Sizes, count: int = COUNT) -> Town:
    """Return a town after its day. Every 400th request arrives where all kinds of malformed values do."""
    town = Town()
    for number, simulated in enumerate(a_day(count)):
        if number % 400 == 0:
            town.spoil(simulated.request, number // 400 % 3, number)
        town.ask(simulated)
    town.play(sizes)
    return town


@pytest.fixture(scope="module")
def town() -> Town:
    return a_town(in_random_batches(1))


def told(record: LedgerRecord) -> tuple[RecordKind, Verdict, ReasonCode | None]:
    return record.kind, record.verdict, record.leading_reason


def expected(produced: Produced) -> tuple[RecordKind, Verdict, ReasonCode | None]:
    """Return what the simulator says of an input."""
    if produced.simulated is None:
        return RecordKind.MALFORMED, Verdict.BLOCK, ReasonCode.MALFORMED_EVENT
    return produced.simulated.record, produced.simulated.verdict, produced.simulated.leading


def test_promise_2_every_input_has_exactly_one_ledger_record(town: Town) -> None:
    recorded = Counter((record.partition, record.source_offset) for record in town.records())
    for genesis in range(3):
        assert recorded.pop((genesis, None)) == 1
    assert recorded == {(each.partition, each.offset): 1 for each in town.everything()}


def test_every_record_says_what_the_simulator_expects(town: Town) -> None:
    records = town.record_at()
    wrong = [
        (each.simulated and each.simulated.story, told(records[each.partition, each.offset]))
        for each in town.everything()
        if told(records[each.partition, each.offset]) != expected(each)
    ]
    assert wrong == []


def test_the_day_has_records_of_every_kind_and_verdict(town: Town) -> None:
    counts = Counter((record.kind, record.verdict) for record in town.records())
    assert counts[RecordKind.DECISION, Verdict.FORWARD] > COUNT / 3
    assert min(counts[RecordKind.REPEAT, Verdict.FORWARD], counts[RecordKind.REPEAT, Verdict.BLOCK]) > 10
    assert counts[RecordKind.RESOLUTION, Verdict.FORWARD] > 10
    assert counts[RecordKind.MALFORMED, Verdict.BLOCK] > 100


def test_promise_1_every_forward_has_its_record_that_says_forward(town: Town) -> None:
    assert town.findings() == ()
    assert len(town.rows_out()) == sum(record.payload_digest is not None for record in town.records())


def test_promise_1_would_be_seen_broken() -> None:
    town = a_town(in_batches_of(50), 100)
    rows = next(rows for (topic, _), rows in town.benches[0].written.items() if topic.startswith(OUT))
    rows.append(rows[0])
    assert [finding.difference for finding in town.findings()] == [Difference.FORWARD_TWICE]
    rows[:] = rows[1:-1]
    assert [finding.difference for finding in town.findings()] == [Difference.RECORD_WITHOUT_FORWARD]


def test_promise_6_every_chain_verifies_against_its_head(town: Town) -> None:
    reports = town.reports()
    assert [report.problem for report in reports] == [None] * 3
    assert sum(report.count for report in reports) == len(town.everything()) + 3


def test_the_open_holds_are_those_that_the_ledger_has_left_open(town: Town) -> None:
    for bench, report in zip(town.benches, town.reports(), strict=True):
        assert {hold.decision.decision_id for hold in bench.state.holds} == report.open_holds
        assert report.open_holds


def test_every_decision_is_answered_once_and_alike(town: Town) -> None:
    for bench in town.benches:
        recorded = [r for r in bench.ledger if r.kind not in (RecordKind.GENESIS, RecordKind.MALFORMED)]
        said = [(answer.decision_id, answer.kind, answer.verdict) for answer in bench.answers]
        assert said == [(record.decision_id, record.kind, record.verdict) for record in recorded]


def test_every_malformed_value_is_a_dead_letter(town: Town) -> None:
    letters = {
        (letter.source_partition, letter.source_offset)
        for bench in town.benches
        for letter in bench.dead_letters
    }
    spoilt = {(each.partition, each.offset) for each in town.everything() if each.simulated is None}
    assert letters == spoilt


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_where_a_batch_ends_does_not_matter(town: Town, size: int) -> None:
    other = a_town(in_batches_of(size))
    assert [outputs(bench) for bench in other.benches] == [outputs(bench) for bench in town.benches]


def move(town: Town) -> int:
    """Put what was rerouted where it was rerouted to, and return how much that was."""
    topic = town.benches[0].topics.requests.name
    moved = [
        (value, home)
        for bench in town.benches
        for (name, home), rows in bench.written.items()
        for _, value in (rows if name == topic else ())
    ]
    for value, home in moved:
        town.produce(value, home)
    return len(moved)


def test_misplaced_requests_are_decided_once_and_as_all_others() -> None:
    day = [simulated for simulated in a_day(600) if simulated.record is RecordKind.DECISION]
    town = Town()
    for number, simulated in enumerate(day):
        town.ask(simulated, moved=number % 2)
    town.play(in_random_batches(2))
    assert move(town) == len(day) // 2
    town.play(in_random_batches(3))
    kinds = Counter(record.kind for record in town.records())
    assert (kinds[RecordKind.DECISION], kinds[RecordKind.REROUTED]) == (len(day), len(day) // 2)
    verdicts = Counter(told(record)[1:] for record in town.records() if record.kind is RecordKind.DECISION)
    assert verdicts == Counter((simulated.verdict, simulated.leading) for simulated in day)
    assert (town.findings(), [report.problem for report in town.reports()]) == ((), [None] * 3)
