from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from streams.cli.books_output import plain
from streams.policy.agreement import Agreement
from streams.policy.entity import Entity
from streams.policy.vocabulary import AgreementId, AgreementStatus, EntityClass, EntityId, Scope
from streams.settings import Settings
from tests.books.samples import agreement, entity
from tests.cli.books_runner import Gate, gate_on

UNIT = replace(
    entity("burbank-detectives"), parent=EntityId("burbank"), inherits_parent_agreement=True, aliases=()
)


@pytest.fixture
def offline() -> Gate:
    return gate_on(Settings(bootstrap_servers="127.0.0.1:1", unsigned_books=True))


def compared(gate: Gate, folder: Path, old: Agreement, new: Agreement, *options: str) -> str:
    for name, one in (("old", old), ("new", new)):
        (folder / name).write_bytes(orjson.dumps({"agreements": [plain(one)]}))
    ended = gate("agreements", "diff", str(folder / "old"), str(folder / "new"), *options)
    assert (ended.error, ended.exit_code) == ("", 0)
    return ended.output


def registry(folder: Path, *entities: Entity) -> tuple[str, str]:
    (folder / "registry").write_bytes(orjson.dumps({"entities": [plain(one) for one in entities]}))
    return "--registry", str(folder / "registry")


def test_it_tells_by_name_who_gains_and_who_loses(offline: Gate, tmp_path: Path) -> None:
    new = replace(
        agreement(), version=2, scopes=(Scope.SEARCH, Scope.VMS), end=datetime(2027, 1, 1, 8, tzinfo=UTC)
    )
    told = compared(offline, tmp_path, agreement(), new, *registry(tmp_path, entity(), UNIT))
    assert told.splitlines() == [
        "burbank police department under burbank-2026: version 1 to 2",
        "  gains scopes: vms",
        "  loses time: until 2027-11-30 instead of 2027-01-01",
        "  so do, as they share its agreements: burbank-detectives police department",
        "1 entity gains, 1 entity loses; 1 agreements differ",
    ]


def test_that_nothing_is_gained_or_lost_is_said(offline: Gate, tmp_path: Path) -> None:
    new = replace(agreement(), version=2, contract_digest="sha256:00")
    told = compared(offline, tmp_path, agreement(), new)
    assert "burbank under burbank-2026: version 1 to 2" in told
    assert "gains and loses nothing" in told
    assert told.endswith("nobody gains or loses anything\n")


def test_a_gain_that_the_statute_bars_is_told_as_such(offline: Gate, tmp_path: Path) -> None:
    federal = replace(entity(), entity_class=EntityClass.FEDERAL, jurisdiction="US")
    draft = agreement(status=AgreementStatus.DRAFT)
    told = compared(offline, tmp_path, draft, replace(agreement(), version=2), *registry(tmp_path, federal))
    assert "version 1 to 2, draft to active" in told
    assert "the statute bars it all the same: RECIPIENT_FEDERAL" in told


def test_json_has_every_change(offline: Gate, tmp_path: Path) -> None:
    other = replace(agreement(), agreement_id=AgreementId("another"))
    told = orjson.loads(compared(offline, tmp_path, agreement(), other, "--json"))
    assert [(each["agreement_id"], each["from_version"], each["to_version"]) for each in told["changes"]] == [
        ("another", None, 1),
        ("burbank-2026", 1, None),
    ]
