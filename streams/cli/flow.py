"""`alpr-gate flow`: draw the map of `streams.flow`."""

import textwrap
from collections.abc import Callable, Mapping
from itertools import zip_longest

import click

from streams.flow import STAGES, Stage

# The column on the left is as wide as its longest name, so that all boxes stand below one another.
TOPIC_WIDTH = max(len(topic) for stage in STAGES for topic in stage.reads + stage.writes)
BOX_WIDTH = 30


def _box(stage: Stage) -> list[str]:
    inner = BOX_WIDTH - 4
    title = f"─ {stage.name} ({stage.kind}) "
    body = textwrap.wrap(stage.does, inner)
    # The box is as high as its longest side, so that each topic has a line of its own.
    body += [""] * (max(len(stage.reads), len(stage.writes)) - len(body))
    return [
        f"┌{title:─<{BOX_WIDTH - 2}}┐",
        *(f"│ {line:<{inner}} │" for line in body),
        f"└{'─' * (BOX_WIDTH - 2)}┘",
    ]


def _row(read: str, box: str, written: str) -> str:
    left = f"{read:>{TOPIC_WIDTH}} ──▶ " if read else " " * (TOPIC_WIDTH + 5)
    right = f" ──▶ {written}" if written else ""
    return (left + box + right).rstrip()


def _drawn(stage: Stage) -> str:
    rows = zip_longest(("", *stage.reads), _box(stage), ("", *stage.writes), fillvalue="")
    return "\n".join(_row(read, box, written) for read, box, written in rows)


def text(stages: tuple[Stage, ...]) -> str:
    """Return the map as boxes, one below the other, with topics read on the left and written on the right."""
    return "\n".join(_drawn(stage) for stage in stages)


def _node(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)


def _mermaid_stage(stage: Stage) -> list[str]:
    node = f"stage_{_node(stage.name)}"
    return [
        f'  {node}["{stage.name}<br/>{stage.kind}"]',
        *(f"  {_node(topic)} --> {node}" for topic in stage.reads),
        *(f"  {node} --> {_node(topic)}" for topic in stage.writes),
    ]


def mermaid(stages: tuple[Stage, ...]) -> str:
    """Return the map as a Mermaid flow chart."""
    topics = dict.fromkeys(topic for stage in stages for topic in stage.reads + stage.writes)
    # Mermaid would read the angle brackets of `<entity_id>` as HTML.
    labels = {topic: topic.replace("<", "&lt;").replace(">", "&gt;") for topic in topics}
    lines = [
        "flowchart LR",
        *(f'  {_node(topic)}(["{label}"])' for topic, label in labels.items()),
        *(line for stage in stages for line in _mermaid_stage(stage)),
    ]
    return "\n".join(lines)


DRAWINGS: Mapping[str, Callable[[tuple[Stage, ...]], str]] = {"text": text, "mermaid": mermaid}


@click.command(epilog="Example: alpr-gate flow --mermaid > flow.mmd")
@click.option(
    "--mermaid", "drawing", flag_value="mermaid", help="Print a Mermaid flow chart instead of boxes."
)
@click.option("--text", "drawing", flag_value="text", default="text", help="Print boxes (the default).")
def flow(drawing: str) -> None:
    """Print the map: each stage with the topics that it reads and writes."""
    click.echo(DRAWINGS[drawing](STAGES))
