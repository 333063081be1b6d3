"""`alpr-gate agreements diff`: what a change of the agreements would give and take."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
import orjson
from rich.text import Text

from streams.cli.agreements_lint import FILE
from streams.cli.terminal import console
from streams.codecs.files import read_agreements, read_registry
from streams.codecs.whole_file import read_text
from streams.policy.agreement import Agreement
from streams.policy.differences import AgreementChange, differences
from streams.policy.eligibility import statutory_bars
from streams.policy.entity import Entity
from streams.policy.vocabulary import EntityId, ReasonCode

Names = dict[EntityId, Entity]


@click.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--registry", type=FILE, help="The entities, to call them by their names.")
@click.option("--json", "form", flag_value="json", help="Print JSON instead of words.")
@click.option("--words", "form", flag_value="words", default="words", hidden=True)
def diff(old: Path, new: Path, registry: Path | None, form: str) -> None:
    """Tell in words who gains what and who loses what from OLD to NEW.

    What cannot forward gives nothing: a draft, what is revoked, what lacks its clause or its review. For what
    is on the books now give the output of `agreements list --json` as OLD.

    \b
    Example: alpr-gate agreements diff before.yaml after.yaml --registry registry.yaml
    """
    found = differences(_agreements(old), _agreements(new))
    names = {} if registry is None else {one.entity_id: one for one in _entities(registry)}
    if form == "json":
        plain = [_plain(change, names) for change in found]
        click.echo(orjson.dumps({"changes": plain}, option=orjson.OPT_INDENT_2))
    else:
        for change in found:
            _print(change, names)
        click.echo(_summary(found))


def _agreements(path: Path) -> tuple[Agreement, ...]:
    return read_agreements(read_text(path), str(path))


def _entities(path: Path) -> tuple[Entity, ...]:
    return read_registry(read_text(path), str(path))


def _print(change: AgreementChange, names: Names) -> None:
    out = console()
    head = Text(_name(change.entity_id, names), style="bold")
    head.append(f" under {change.agreement_id}: {_became(change)}", style="not bold")
    out.print(head, soft_wrap=True)
    for verb, style, parts in (("gains", "green", change.gains), ("loses", "red", change.losses)):
        for part in parts:
            line = Text("  ")
            line.append(verb, style=style)
            out.print(line.append(f" {part.what}: {part.words}"), soft_wrap=True)
    bars = _bars(change.entity_id, names)
    if change.gains and bars:
        out.print(f"  and the statute bars it all the same: {', '.join(bars)}", soft_wrap=True)
    if not change.gains and not change.losses:
        out.print("  gains and loses nothing")
    if change.papers:
        out.print(f"  changed on paper: {', '.join(change.papers)}", soft_wrap=True)
    heirs = [one.name for one in names.values() if _inherits(one, change.entity_id)]
    if heirs and (change.gains or change.losses):
        out.print(f"  so do, as they share its agreements: {', '.join(sorted(heirs))}", soft_wrap=True)


def _bars(entity_id: EntityId, names: Names) -> tuple[ReasonCode, ...]:
    entity = names.get(entity_id)
    return () if entity is None else statutory_bars(entity, names.get)


def _inherits(entity: Entity, from_: EntityId) -> bool:
    return entity.parent == from_ and entity.inherits_parent_agreement


def _name(entity_id: EntityId, names: Names) -> str:
    return names[entity_id].name if entity_id in names else entity_id


def _became(change: AgreementChange) -> str:
    before, after = change.before, change.after
    if before is None and after is not None:
        return f"new, {after.status}"
    if after is None or before is None:
        return "removed"
    versions = f"version {before.version} to {after.version}"
    return versions if before.status is after.status else f"{versions}, {before.status} to {after.status}"


def _summary(found: Sequence[AgreementChange]) -> str:
    gaining = {change.entity_id for change in found if change.gains}
    losing = {change.entity_id for change in found if change.losses}
    if not gaining and not losing:
        return "nobody gains or loses anything"
    return f"{_count(gaining, 'gain')}, {_count(losing, 'lose')}; {len(found)} agreements differ"


def _count(entities: set[EntityId], verb: str) -> str:
    return f"1 entity {verb}s" if len(entities) == 1 else f"{len(entities) or 'no'} entities {verb}"


def _plain(change: AgreementChange, names: Names) -> dict[str, object]:
    return {
        "agreement_id": change.agreement_id,
        "entity_id": change.entity_id,
        "entity": _name(change.entity_id, names),
        "from_version": change.before and change.before.version,
        "to_version": change.after and change.after.version,
        "gains": [asdict(part) for part in change.gains],
        "losses": [asdict(part) for part in change.losses],
        "papers": change.papers,
    }
