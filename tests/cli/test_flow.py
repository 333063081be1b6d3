"""`alpr-gate flow` draws every stage and topic of the map, in both drawings."""

import re

import pytest
from click.testing import CliRunner

from streams.cli import cli
from streams.cli.flow import mermaid, text
from streams.flow import STAGES, Stage, StageKind

TOPICS = sorted({topic for stage in STAGES for topic in stage.reads + stage.writes})
ONE = Stage(name="press", kind=StageKind.TOOL, does="squeezes", reads=("apples", "pears"), writes=("juice",))


def _printed(*options: str) -> str:
    result = CliRunner().invoke(cli, ["flow", *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_one_stage_is_a_box_with_its_topics_beside_it() -> None:
    assert text((ONE,)).splitlines() == [
        " " * 29 + "┌─ press (tool) ─────────────┐",
        "                  apples ──▶ │ squeezes                   │ ──▶ juice",
        "                   pears ──▶ │                            │",
        " " * 29 + "└────────────────────────────┘",
    ]


def test_one_stage_is_a_mermaid_node_with_an_edge_for_each_topic() -> None:
    assert mermaid((ONE,)).splitlines() == [
        "flowchart LR",
        '  apples(["apples"])',
        '  pears(["pears"])',
        '  juice(["juice"])',
        '  stage_press["press<br/>tool"]',
        "  apples --> stage_press",
        "  pears --> stage_press",
        "  stage_press --> juice",
    ]


def test_the_default_drawing_is_boxes() -> None:
    assert _printed() == _printed("--text") == text(STAGES) + "\n"


@pytest.mark.parametrize("topic", TOPICS)
def test_the_boxes_name_every_topic(topic: str) -> None:
    assert topic in _printed()


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_the_boxes_tell_all_that_a_stage_does(stage: Stage) -> None:
    words = re.findall(r"[\w,]+", " ".join(re.findall(r"│(.*?)│", text((stage,)))))
    assert words == re.findall(r"[\w,]+", stage.does)


def test_the_boxes_fit_a_terminal_of_a_hundred_columns() -> None:
    assert max(map(len, _printed().splitlines())) <= 100


def test_mermaid_escapes_the_angle_brackets_of_a_recipients_topic() -> None:
    printed = _printed("--mermaid")
    assert "alpr.out.&lt;entity_id&gt;" in printed
    assert "<entity_id>" not in printed


def test_every_mermaid_edge_joins_two_nodes_that_were_drawn() -> None:
    printed = _printed("--mermaid")
    nodes = set(re.findall(r"^  (\w+)[\[(]", printed, re.MULTILINE))
    ends = {end for edge in re.findall(r"(\w+) --> (\w+)", printed) for end in edge}
    assert ends == nodes
