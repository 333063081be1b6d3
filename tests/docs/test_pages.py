"""What the documents name exists: commands, files, sections, settings, topics."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from docs.generate import PAGES, REFERENCE
from streams.cli import COMMANDS, cli
from streams.errors import GateError
from streams.flow import STAGES
from streams.policy.reasons import ROWS
from streams.policy.vocabulary import ReasonCode
from streams.settings import Settings

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
CODE = re.compile(r"^```\w*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


class Command(NamedTuple):
    """One command line that a document shows."""

    document: str
    line: str


def _code(text: str) -> Iterator[str]:
    for block, inline in CODE.findall(text):
        yield from (block or inline).splitlines()


def _commands() -> Iterator[Command]:
    for document in DOCUMENTS:
        for line in _code(document.read_text(encoding="utf-8")):
            for found in re.findall(r"\balpr-gate [a-zA-Z-][^|;&#]*", line):
                if not found.startswith("alpr-gate COMMAND"):
                    yield Command(_name(document), found.strip())


def _anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts} | {"--help", "-h", "--version"}


COMMAND_LINES = sorted(set(_commands()))
LINKS = [
    (document, link) for document in DOCUMENTS for link in LINK.findall(document.read_text(encoding="utf-8"))
]


def test_documents_show_commands() -> None:
    assert len(COMMAND_LINES) > 15


@pytest.mark.parametrize("command", COMMAND_LINES, ids=str)
def test_a_command_that_is_shown_exists_with_its_options(command: Command) -> None:
    words = shlex.split(command.line)[1:]
    found: click.Command = cli
    while isinstance(found, click.Group) and words and not words[0].startswith("-"):
        child = found.get_command(click.Context(found), words.pop(0))
        assert child is not None, command.line
        found = child
    assert {word.split("=")[0] for word in words if word.startswith("-") and word != "-"} <= _options(found)


@pytest.mark.parametrize(("document", "link"), LINKS, ids=str)
def test_a_relative_link_leads_somewhere(document: Path, link: str) -> None:
    if re.match(r"https?://", link):
        return
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    assert target.exists(), link
    assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_a_setting_that_is_named_exists(document: Path) -> None:
    known = {f"ALPR_GATE_{field.upper()}" for field in Settings.model_fields}
    named = set(re.findall(r"ALPR_GATE_[A-Z_]*[A-Z]", document.read_text(encoding="utf-8")))
    assert named <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_a_topic_that_is_named_exists(document: Path) -> None:
    known = {topic for stage in STAGES for topic in stage.reads + stage.writes}
    named = set(re.findall(r"`(alpr\.[a-z.<>_-]+)`", document.read_text(encoding="utf-8")))
    assert named <= known


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_a_file_that_is_named_exists(document: Path) -> None:
    named = re.findall(
        r"`((?:deploy|docs|streams|schemas|tests)/[\w./-]+)`", document.read_text(encoding="utf-8")
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    page = (REFERENCE / name).read_text(encoding="utf-8")
    assert page == PAGES[name](), "run `python -m docs.generate`"


@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_has_its_section_in_the_runbook(code: ReasonCode) -> None:
    assert code in ROWS
    assert f"\n### {code}\n" in RUNBOOK


def _exit_codes(error: type[GateError]) -> Iterator[int]:
    yield error.exit_code
    for child in error.__subclasses__():
        yield from _exit_codes(child)


@pytest.mark.parametrize("code", sorted({*_exit_codes(GateError), 70, 130}))
def test_every_exit_code_stands_in_the_runbook_and_in_the_reference(code: int) -> None:
    assert f"\n### Exit code {code}\n" in RUNBOOK
    assert f"\n| {code} |" in (REFERENCE / "cli.md").read_text(encoding="utf-8")


def test_every_command_stands_in_the_reference() -> None:
    page = (REFERENCE / "cli.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"`alpr-gate {name}`" not in page] == []


def test_the_changelog_starts_with_what_is_not_released_yet() -> None:
    versions = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert versions[0] == "[Unreleased]"


@pytest.mark.parametrize("word", ["not legal advice", "only what is sent through it", "read-committed"])
def test_the_threat_model_says_where_the_gate_ends(word: str) -> None:
    assert word in (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8").lower()
