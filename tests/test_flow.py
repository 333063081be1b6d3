"""The map names every topic, and nobody reads what nobody writes."""

import pytest

from streams.flow import STAGES, Stage, StageKind
from streams.policy.vocabulary import EntityId
from streams.topics import Topics

TOPICS = Topics("", 3)
OUT = TOPICS.out(EntityId("<entity_id>")).name
ALL_NAMES = {spec.name for spec in TOPICS.fixed()} | {OUT}
WRITTEN = {topic for stage in STAGES for topic in stage.writes}
READ = {topic for stage in STAGES for topic in stage.reads}


def test_every_topic_of_the_deployment_stands_in_the_map() -> None:
    assert WRITTEN | READ == ALL_NAMES


def test_every_topic_that_is_read_is_written_by_some_stage() -> None:
    assert READ <= WRITTEN


def test_every_topic_that_is_written_is_read_by_some_stage() -> None:
    assert WRITTEN <= READ


def test_only_the_agents_of_the_gate_write_what_leaves() -> None:
    assert [stage.name for stage in STAGES if OUT in stage.writes] == ["gate", "live shares"]


def test_only_the_gate_writes_the_ledger() -> None:
    assert [stage.name for stage in STAGES if TOPICS.decisions.name in stage.writes] == ["gate"]


def test_the_source_of_truth_of_the_books_has_one_writer() -> None:
    assert [stage.name for stage in STAGES if TOPICS.books_events.name in stage.writes] == ["custodian"]


def test_names_of_stages_are_distinct() -> None:
    assert len({stage.name for stage in STAGES}) == len(STAGES)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_a_stage_names_each_topic_once_and_touches_at_least_one(stage: Stage) -> None:
    assert stage.reads + stage.writes
    assert len(set(stage.reads)) == len(stage.reads)
    assert len(set(stage.writes)) == len(stage.writes)


@pytest.mark.parametrize(
    "stage", [s for s in STAGES if s.kind is StageKind.OUTSIDE], ids=lambda stage: stage.name
)
def test_nobody_outside_writes_a_topic(stage: Stage) -> None:
    assert stage.writes == ()
