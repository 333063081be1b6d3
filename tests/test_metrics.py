"""Metrics say what a batch did, with names and labels from closed sets only."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.parser import text_string_to_metric_families

from streams.books.state import BooksState
from streams.clock import ManualClock
from streams.ledger.query_access import AccessKind
from streams.metric_names import (
    API_METRICS,
    BOOKS_STATES,
    METRICS,
    READS_METRICS,
    REQUEST_SECONDS,
    REVIEW_METRICS,
    MetricSpec,
    Outcome,
    Step,
)
from streams.metrics import BatchSummary, BulkHistogram, Counted, Metrics, OpenHolds
from streams.policy.alert import Severity
from streams.policy.decision import Access, Decision, Reason
from streams.policy.live.withheld import Withheld
from streams.policy.reasons import ROWS
from streams.policy.share_change import ShareChangeKind
from streams.policy.vocabulary import (
    ClearedBy,
    DecisionId,
    ReasonCode,
    RecordKind,
    RequestId,
    Tier,
    Verdict,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FEDERAL = Counted(Verdict.BLOCK, ReasonCode.RECIPIENT_FEDERAL, Tier.STATUTE)
FORWARD = Counted(Verdict.FORWARD, None, None)
BATCH = BatchSummary(
    partition=3,
    seq=41,
    records=5,
    lag=7,
    decisions={FEDERAL: 1, FORWARD: 3},
    kinds={RecordKind.DECISION: 4, RecordKind.MALFORMED: 1},
    steps={Step.DECIDE: 0.004, Step.COMMIT: 0.02},
    request_seconds=(0.01, 0.03, 0.2, 0.2, 90.0),
    dead_letters=1,
    rerouted=2,
    holds=OpenHolds(
        count=2,
        oldest_opened_at=NOON - timedelta(hours=1),
        next_deadline=NOON + timedelta(minutes=5),
        for_review=2,
        exigent=1,
    ),
)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def metrics(clock: ManualClock) -> Metrics:
    return Metrics(clock=clock)


def _value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"alpr_gate_{name}", labels)


def _labels(metrics: Metrics) -> Iterator[tuple[str, str]]:
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            yield from sample.labels.items()


@pytest.mark.parametrize(
    ("name", "labels", "expected"),
    [
        ("decisions_total", {"verdict": "block", "reason": "RECIPIENT_FEDERAL", "tier": "statute"}, 1),
        ("decisions_total", {"verdict": "forward", "reason": "none", "tier": "none"}, 3),
        ("ledger_records_total", {"kind": "decision"}, 4),
        ("ledger_records_total", {"kind": "malformed"}, 1),
        ("ledger_records_total", {"kind": "repeat"}, 0),
        ("dead_letters_total", {}, 1),
        ("rerouted_total", {}, 2),
        ("step_seconds_sum", {"step": "decide"}, 0.004),
        ("step_seconds_count", {"step": "commit"}, 1),
        ("step_seconds_count", {"step": "wait"}, 0),
        ("batch_records_sum", {}, 5),
        ("request_seconds_count", {}, 5),
        ("request_seconds_bucket", {"le": "0.03"}, 2),
        ("request_seconds_bucket", {"le": "60.0"}, 4),
        ("request_seconds_bucket", {"le": "+Inf"}, 5),
        ("lag_records", {"partition": "3"}, 7),
        ("chain_position", {"partition": "3"}, 41),
        ("holds_open", {"partition": "3"}, 2),
        ("holds_for_review", {"partition": "3"}, 2),
        ("holds_exigent", {"partition": "3"}, 1),
        ("holds_oldest_age_seconds", {"partition": "3"}, 3600),
        ("holds_overdue_seconds", {"partition": "3"}, 0),
    ],
)
def test_a_batch_is_told_by_its_metrics(
    metrics: Metrics, name: str, labels: dict[str, str], expected: float
) -> None:
    metrics.observe_batch(BATCH)
    assert _value(metrics, name, **labels) == pytest.approx(expected)


def test_counters_add_up_over_batches_and_gauges_show_the_last(metrics: Metrics) -> None:
    metrics.observe_batch(BATCH)
    metrics.observe_batch(replace(BATCH, seq=50, lag=0))
    assert _value(metrics, "dead_letters_total") == 2
    assert _value(metrics, "chain_position", partition="3") == 50
    assert _value(metrics, "lag_records", partition="3") == 0


def test_the_ages_of_holds_grow_while_no_batch_comes(metrics: Metrics, clock: ManualClock) -> None:
    metrics.observe_batch(BATCH)
    clock.advance(timedelta(minutes=6))
    assert _value(metrics, "holds_oldest_age_seconds", partition="3") == 3960
    assert _value(metrics, "holds_overdue_seconds", partition="3") == 60


def test_without_holds_the_ages_are_zero_again(metrics: Metrics, clock: ManualClock) -> None:
    metrics.observe_batch(BATCH)
    metrics.observe_batch(replace(BATCH, holds=OpenHolds()))
    clock.advance(timedelta(days=1))
    assert _value(metrics, "holds_open", partition="3") == 0
    assert _value(metrics, "holds_oldest_age_seconds", partition="3") == 0
    assert _value(metrics, "holds_overdue_seconds", partition="3") == 0


def test_a_partition_that_moved_away_leaves_no_gauges_but_keeps_its_counts(metrics: Metrics) -> None:
    metrics.observe_batch(BATCH)
    metrics.forget_partition(3)
    assert ("partition", "3") not in set(_labels(metrics))
    assert _value(metrics, "dead_letters_total") == 1


def test_a_partition_that_came_back_is_told_afresh(metrics: Metrics) -> None:
    metrics.set_lag(3, 9)
    metrics.forget_partition(3)
    metrics.set_lag(3, 4)
    assert _value(metrics, "lag_records", partition="3") == 4


def test_forgetting_a_partition_that_was_never_owned_does_nothing(metrics: Metrics) -> None:
    metrics.set_lag(1, 2)
    metrics.forget_partition(2)
    assert _value(metrics, "lag_records", partition="1") == 2


@pytest.mark.parametrize("state", BooksState)
def test_exactly_one_state_of_the_books_is_one(metrics: Metrics, state: BooksState) -> None:
    metrics.set_books("loading", -1, 0.0)
    metrics.set_books(state, 12, 0.5)
    assert {other: _value(metrics, "books_state", state=other) for other in BooksState} == {
        other: float(other is state) for other in BooksState
    }
    assert _value(metrics, "books_revision") == 12
    assert _value(metrics, "books_age_seconds") == 0.5


def test_what_somebody_has_to_see_to_in_the_books_is_told(metrics: Metrics) -> None:
    assert _value(metrics, "evidence_holds_overdue") == _value(metrics, "books_unreadable_keys") == 0
    metrics.set_neglected(2, 3)
    assert (_value(metrics, "books_unreadable_keys"), _value(metrics, "evidence_holds_overdue")) == (2, 3)


def test_what_is_owed_and_left_to_do_is_told(metrics: Metrics) -> None:
    metrics.set_owed(4, 3, 2, 1)
    names = ("agreements_overdue", "agreements_stopped", "tasks_open", "tasks_late")
    assert [_value(metrics, name) for name in names] == [4, 3, 2, 1]


def test_records_of_the_books_that_count_for_nothing_are_told(metrics: Metrics) -> None:
    metrics.set_refused(2)
    assert _value(metrics, "books_refused_records") == 2


def test_a_state_that_nobody_knows_is_not_current(metrics: Metrics) -> None:
    metrics.set_books("current", 1, 0.0)
    metrics.set_books("splendid", 1, 0.0)
    assert _value(metrics, "books_state", state="current") == 0


def test_the_states_of_the_books_are_those_of_the_replica() -> None:
    assert tuple(BooksState) == BOOKS_STATES


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_of_a_transaction_counts_from_zero(metrics: Metrics, outcome: Outcome) -> None:
    assert _value(metrics, "transactions_total", outcome=outcome) == 0
    metrics.transaction_ended(outcome)
    assert _value(metrics, "transactions_total", outcome=outcome) == 1


def test_a_hole_is_counted(metrics: Metrics) -> None:
    metrics.hole_found()
    assert _value(metrics, "holes_total") == 1


def test_two_workers_in_one_process_count_apart() -> None:
    first, second = Metrics(), Metrics()
    first.hole_found()
    assert _value(second, "holes_total") == 0


def test_a_registry_that_is_given_is_used() -> None:
    registry = CollectorRegistry()
    Metrics(registry).hole_found()
    assert registry.get_sample_value("alpr_gate_holes_total") == 1


@pytest.mark.parametrize(
    "spec", [*METRICS, *API_METRICS, *REVIEW_METRICS, *READS_METRICS], ids=lambda spec: spec.name
)
def test_a_name_and_its_help_keep_the_conventions(spec: MetricSpec) -> None:
    assert re.fullmatch(r"alpr_gate_[a-z_]+[a-z]", spec.name)
    assert not re.search(r"_(ms|millis|minutes|hours|kb|mb)(_|$)", spec.name)
    assert spec.help[0].isupper()
    assert not spec.help.endswith(".")
    assert spec.buckets == tuple(sorted(set(spec.buckets)))


def test_what_is_rendered_is_the_list_and_nothing_else_of_ours(metrics: Metrics) -> None:
    metrics.observe_batch(BATCH)
    rendered = dict(re.findall(r"^# TYPE (alpr_gate_\w+) (\w+)$", metrics.render().decode(), re.MULTILINE))
    ours = {name: kind for name, kind in rendered.items() if not name.endswith("_created")}
    assert ours == {spec.name: spec.kind for spec in METRICS}


def test_a_label_value_is_a_word_of_a_closed_set_or_a_partition(metrics: Metrics) -> None:
    metrics.observe_batch(BATCH)
    metrics.observe_queries({AccessKind.ACCESS: 1}, {ReasonCode.LOGICALLY_DELETED: 1})
    metrics.observe_drift([ShareChangeKind.GRANT], {ReasonCode.NO_AGREEMENT: 1}, 1)
    metrics.set_books("current", 1, 0.0)
    words = {
        *Verdict,
        *ReasonCode,
        *Withheld,
        *Tier,
        *RecordKind,
        *Step,
        *Outcome,
        *BOOKS_STATES,
        "none",
        *AccessKind,
        *ShareChangeKind,
        *Severity,
    }
    closed = {(label, value) for label, value in _labels(metrics) if label not in {"le", "partition"}}
    assert {value for _, value in closed} <= words
    assert {label for label, _ in closed} == {
        "verdict",
        "reason",
        "tier",
        "kind",
        "step",
        "outcome",
        "state",
        "severity",
    }


def _decision(*reasons: Reason) -> Decision:
    return Decision(
        decision_id=DecisionId("d"),
        request_id=RequestId("7ABC123"),
        request_digest="",
        verdict=reasons[0].verdict if reasons else Verdict.FORWARD,
        leading_reason=reasons[0].code if reasons else None,
        reasons=reasons,
        entity_id=None,
        agreement_id=None,
        agreement_version=None,
        books_revision=1,
        policy_hash="",
        event_time=None,
        decided_at=NOON,
        access=Access(time=None, data_elements=("7ABC123",), user="Jo Doe", organisation="", purpose=""),
    )


def test_a_decision_counts_under_its_leading_reason() -> None:
    refusal = Reason(
        code=ReasonCode.RECIPIENT_FEDERAL,
        verdict=Verdict.BLOCK,
        tier=Tier.STATUTE,
        cleared_by=ClearedBy.NOTHING,
        clause="",
        field="",
        message="",
    )
    also = replace(refusal, code=ReasonCode.NO_AGREEMENT, tier=Tier.AGREEMENT)
    assert Counted.of(_decision(refusal, also)) == FEDERAL
    assert Counted.of(_decision()) == FORWARD


@pytest.mark.parametrize("code", ReasonCode)
def test_a_block_for_any_reason_stands_at_zero_before_it_happens(metrics: Metrics, code: ReasonCode) -> None:
    tier = ROWS[code].tier
    assert _value(metrics, "decisions_total", verdict="block", reason=code, tier=tier) == 0


def test_a_verdict_that_no_row_announces_is_counted_all_the_same(metrics: Metrics) -> None:
    odd = Counted(Verdict.HOLD, ReasonCode.RECIPIENT_FEDERAL, Tier.STATUTE)
    for _ in range(2):
        metrics.observe_batch(replace(BATCH, decisions={odd: 1}))
    labels = {"verdict": "hold", "reason": "RECIPIENT_FEDERAL", "tier": "statute"}
    assert _value(metrics, "decisions_total", **labels) == 2


def test_nothing_personal_of_a_decision_is_rendered(metrics: Metrics) -> None:
    metrics.observe_batch(replace(BATCH, decisions={Counted.of(_decision()): 1}))
    assert b"7ABC123" not in metrics.render()
    assert b"Jo Doe" not in metrics.render()


@settings(max_examples=100)
@given(batches=st.lists(st.lists(st.floats(0, 100)), max_size=4))
def test_many_values_at_once_count_like_one_by_one(batches: list[list[float]]) -> None:
    registry = CollectorRegistry()
    bulk = BulkHistogram(REQUEST_SECONDS)
    registry.register(bulk)
    single = Histogram("single", "Reference", registry=registry, buckets=REQUEST_SECONDS.buckets)
    for batch in batches:
        bulk.observe(batch)
        for value in batch:
            single.observe(value)
    for bound in (*map(str, REQUEST_SECONDS.buckets), "+Inf"):
        ours = registry.get_sample_value("alpr_gate_request_seconds_bucket", {"le": bound})
        assert ours == registry.get_sample_value("single_bucket", {"le": bound})
    ours = registry.get_sample_value("alpr_gate_request_seconds_sum")
    assert ours == pytest.approx(registry.get_sample_value("single_sum"))


def test_the_clock_of_a_sender_that_is_ahead_never_lowers_the_sum() -> None:
    registry = CollectorRegistry()
    bulk = BulkHistogram(REQUEST_SECONDS)
    registry.register(bulk)
    bulk.observe([-5.0, 1.0])
    assert registry.get_sample_value("alpr_gate_request_seconds_sum") == 1.0
    assert registry.get_sample_value("alpr_gate_request_seconds_count") == 2
