"""`alpr-gate queries reconcile`: what partners searched, against the agreements of that moment."""

import asyncio
import json
from datetime import datetime
from pathlib import Path

import pytest

from streams.clock import SystemClock
from streams.policy.vocabulary import AgreementStatus, Scope
from tests.adapters.queries.samples import NETWORK_HEADS, NETWORK_ROW, changed, written
from tests.cli.books_runner import Gate, gate_after
from tests.gatehouse import Gatehouse

FORM = ("--format", "flock-network-audit")


def search(number: int, organisation: str, at: datetime) -> tuple[str, ...]:
    said = f"{at:%m/%d/%Y, %I:%M:%S %p} UTC"
    return changed(NETWORK_HEADS, NETWORK_ROW, id=f"s-{number}", org_name=organisation, search_time=said)


@pytest.mark.kafka
async def test_a_search_without_an_agreement_of_its_moment_is_counted(
    house: Gatehouse, tmp_path: Path
) -> None:
    gate: Gate = await gate_after(house, (each.request for each in house.day().requests(5)))
    region = house.region
    open_to_search = next(
        one
        for one in region.agreements()
        if one.status is AgreementStatus.ACTIVE and Scope.SEARCH in one.scopes and one.networks == ("*",)
    )
    partner = next(one for one in region.entities() if one.entity_id == open_to_search.entity_id)
    now = SystemClock().now()
    audit, rows = tmp_path / "audit.csv", tmp_path / "rows.csv"
    searches = [
        search(1, partner.name, now),
        search(1, partner.name, now),
        search(2, partner.name, now.replace(year=2019, day=1)),
        search(3, "Nowhere PD", now),
    ]
    audit.write_bytes(written(NETWORK_HEADS, *searches))
    command = ("queries", "reconcile", str(audit), *FORM, "--csv", str(rows), "--json")
    ended = await asyncio.to_thread(gate, *command)
    assert ended.exit_code == 6, ended.error
    said = json.loads(ended.output)
    assert (said["searches"], said["unexplained"]) == (3, 2)
    assert {(one["organisation"], one["reason"]) for one in said["by"]} == {
        (partner.name, "NO_AGREEMENT"),
        ("Nowhere PD", "RECIPIENT_UNRESOLVED"),
    }
    # What it writes is what `publish` reads.
    assert rows.read_text(encoding="utf-8").splitlines()[0] == "organisation,at"
    assert len(rows.read_text(encoding="utf-8").splitlines()) == 4

    audit.write_bytes(
        written(NETWORK_HEADS, searches[0], (*search(4, partner.name, now)[:-2], "yesterday", "lookup"))
    )
    ended = await asyncio.to_thread(gate, "queries", "reconcile", str(audit), *FORM)
    assert (ended.exit_code, "1 rows are no searches" in ended.error) == (2, True)
