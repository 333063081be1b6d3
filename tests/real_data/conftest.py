from pathlib import Path

import pytest

from streams.adapters.share_notices import parse_notices
from streams.adapters.share_portals import Edge, parse_edges
from streams.codecs.files import read_agreements, read_policy, read_registry
from streams.examples import read_example
from streams.policy.books import Books
from streams.policy.policy_in_force import PolicyInForce, put_in_force
from streams.policy.request import SharingRequest


@pytest.fixture(scope="session")
def books() -> Books:
    """The example books, as every installation carries them."""
    books = Books()
    for entity in read_registry(read_example("registry.yaml"), "registry.yaml"):
        books.put_entity(entity)
    for agreement in read_agreements(read_example("agreements.yaml"), "agreements.yaml"):
        books.put_agreement(agreement)
    return books


@pytest.fixture(scope="session")
def policy() -> PolicyInForce:
    return put_in_force(read_policy(read_example("policy.yaml"), "policy.yaml"))


@pytest.fixture(scope="session")
def notices(real_data: Path) -> list[SharingRequest]:
    name = "smpd_inbound_share_requests_2023_2025.csv"
    return list(parse_notices((real_data / name).read_text(encoding="utf-8"), name))


@pytest.fixture(scope="session")
def edges(real_data: Path) -> list[Edge]:
    """All shares that portals of California agencies listed in April 2024."""
    name = "mcclatchy_agency_access20240426.csv"
    found = parse_edges((real_data / name).read_text(encoding="utf-8"), name)
    return [edge for edge in found if edge.is_from_california()]
