"""Cedar's opinion on every real request: 53 notices, 10,950 shares of portals, 55 tricky names."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streams.adapters.share_portals import Edge, request_of
from streams.codecs.files import read_agreements, read_policy, read_registry
from streams.examples import read_example
from streams.policy.request import Requester, Selector, SharingRequest
from streams.policy.vocabulary import DataType, EntityId, Purpose, RequestKind, Scope
from tests.cedar.comparison import Comparison, compare, sheet_of
from tests.cedar.world import World

pytestmark = pytest.mark.real_data

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def world() -> World:
    return World(
        entities=tuple(read_registry(read_example("registry.yaml"), "registry.yaml")),
        agreements=tuple(read_agreements(read_example("agreements.yaml"), "agreements.yaml")),
        policy=read_policy(read_example("policy.yaml"), "policy.yaml"),
        revision=0,
    )


def well_asked(request: SharingRequest, recipient: str, world: World) -> SharingRequest:
    """Return the request as its recipient could best have made it, authenticated where the name is known."""
    ids = [one.entity_id for one in world.entities if recipient in (one.name, *one.aliases)]
    return replace(
        request,
        authenticated_as=EntityId(ids[0]) if ids else None,
        kind=RequestKind.RECORD_REQUEST,
        requested_by=Requester(user="officer", organisation=recipient),
        purpose_code=Purpose.CRIMINAL_INVESTIGATION,
        reason_text="armed robbery, grey sedan left the scene",
        case_number="26-1",
        data_types=(DataType.PLATE_READ,),
        scopes=(Scope.SEARCH,),
        networks=(),
        selector=Selector(plate="8ABC123", window_from=NOW - 3 * DAY, window_to=NOW),
        requested_at=NOW,
    )


def opinion(world: World, asked: Iterable[tuple[SharingRequest, datetime]]) -> Comparison:
    compared = compare([sheet_of(world, asked)])
    assert compared.disagreements == []
    assert compared.other_reasons == []
    return compared


def test_cedar_agrees_on_every_notice_as_it_came_and_well_asked(
    notices: list[SharingRequest], world: World
) -> None:
    asked = [(one, one.requested_at + DAY) for one in notices if one.requested_at is not None]
    well = [(well_asked(one, one.recipient_name, world), NOW) for one in notices]
    assert opinion(world, asked).verdicts.total() == 53
    assert opinion(world, well).verdicts["forward"] > 0


def test_cedar_agrees_on_every_share_of_the_portals_as_listed_and_well_asked(
    edges: list[Edge], world: World
) -> None:
    assert opinion(world, [(request_of(one), NOW) for one in edges]).verdicts == {"block": 10_950}
    # An edge is one recipient and one source, and the source is not asked about; so one of each recipient.
    each = {one.recipient: one for one in edges}.values()
    well = opinion(world, [(well_asked(request_of(one), one.recipient, world), NOW) for one in each])
    assert well.verdicts["forward"] > 0
    assert well.verdicts.total() == 495


def test_cedar_agrees_on_the_tricky_names(real_data: Path, edges: list[Edge], world: World) -> None:
    with (real_data / "tricky_recipient_names.csv").open(encoding="utf-8", newline="") as file:
        names = [row["name_as_listed"] for row in csv.DictReader(file)]
    edge = request_of(edges[0])
    asked = [(well_asked(replace(edge, recipient_name=name), name, world), NOW) for name in names]
    assert opinion(world, asked).verdicts.total() == 55
