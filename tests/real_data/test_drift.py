"""What 73 portals of California agencies had open in April 2024, each list set against the example books."""

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime

import pytest

from streams.adapters.share_portals import Edge
from streams.policy.books import Books
from streams.policy.drift import Finding, drift_of
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.share_listing import ListedShare, Listing, changes_of
from streams.policy.share_memory import ShareMemory
from streams.policy.vocabulary import ReasonCode, Tier
from tests.real_data.test_portals import OTHER_STATES

pytestmark = pytest.mark.real_data

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
EXPECTED = {
    ReasonCode.RECIPIENT_UNRESOLVED: 9_127,
    ReasonCode.NO_AGREEMENT: 1_180,
    ReasonCode.NOT_LOCAL_LAW_ENFORCEMENT: 231,
    ReasonCode.AGREEMENT_SUSPENDED: 73,
    ReasonCode.AGREEMENT_REVIEW_OVERDUE: 70,
    ReasonCode.RECIPIENT_NOT_PUBLIC_AGENCY: 60,
    ReasonCode.AGREEMENT_NOT_YET_IN_FORCE: 55,
    ReasonCode.AGREEMENT_REVOKED: 47,
    ReasonCode.AGREEMENT_NO_ONWARD_CLAUSE: 44,
    ReasonCode.RECIPIENT_FEDERAL: 29,
    ReasonCode.RECIPIENT_OUT_OF_STATE: 7,
    ReasonCode.RECIPIENT_PRIVATE: 1,
}
Found = dict[tuple[str, str], list[Finding]]


@pytest.fixture(scope="module")
def found(edges: list[Edge], books: Books, policy: PolicyInForce) -> Found:
    """What is found of each edge, portal by portal, as each agency would for itself."""
    portals: dict[str, list[ListedShare]] = defaultdict(list)
    for edge in edges:
        portals[edge.source].append(ListedShare(recipient_name=edge.recipient))
    findings: Found = {(edge.source, edge.recipient): [] for edge in edges}
    for source, shares in portals.items():
        memory = ShareMemory()
        listing = Listing(vendor="portal", shares=tuple(shares), at=NOW, reference=source)
        for change in changes_of(listing, memory):
            memory.apply(change)
        for finding in drift_of(memory.shares(), books, policy, NOW):
            findings[source, finding.recipient_name].append(finding)
    return findings


def test_of_10950_shares_no_agreement_of_the_example_gives_10591(found: Found) -> None:
    assert len(found) == 10_950
    wrong = {edge: findings for edge, findings in found.items() if findings}
    assert len(wrong) == 10_591
    assert Counter(one.reason.code for findings in wrong.values() for one in findings) == EXPECTED


def test_every_share_with_another_states_code_in_its_name_is_found_as_against_the_statute(
    found: Found,
) -> None:
    outside = [
        findings
        for (_, recipient), findings in found.items()
        if OTHER_STATES.search(recipient) and not re.search(r"\bCA\b", recipient)
    ]
    assert len(outside) == 244
    assert all(any(one.reason.tier is Tier.STATUTE for one in findings) for findings in outside)


@pytest.mark.parametrize(
    ("name", "count"), [("US Postal Inspection Service", 17), ("FBI", 9), ("USMS (Inactive)", 2)]
)
def test_a_federal_recipient_is_found_as_federal(found: Found, name: str, count: int) -> None:
    codes = [
        {one.reason.code for one in findings}
        for (_, recipient), findings in found.items()
        if recipient == name
    ]
    assert codes == [{ReasonCode.RECIPIENT_FEDERAL}] * count
