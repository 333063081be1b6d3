"""The 10,950 shares that the portals of 73 California agencies listed in April 2024."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from streams.adapters.share_portals import Edge, request_of
from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.decision import Decision
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.request import Requester, Selector
from streams.policy.vocabulary import DataType, Purpose, ReasonCode, RequestKind, Scope, Verdict

pytestmark = pytest.mark.real_data

NOW = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
OTHER_STATES = re.compile(
    r"\b(A[LKZR]|C[OT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT"
    r"|V[TA]|W[AVIY])\b"
)
PLACEHOLDERS = {"Test Demo 1234", "Demo", "DNU", "Flock Safety PD Test Org"}
Decided = list[tuple[Edge, Decision]]


@pytest.fixture(scope="module")
def decided(edges: list[Edge], books: Books, policy: PolicyInForce) -> Decided:
    """Each share asked for in the best form its recipient could give it: nothing missing but the standing."""
    answers = []
    for edge in edges:
        entity = books.resolve(edge.recipient)
        request = replace(
            request_of(edge),
            authenticated_as=entity.entity_id if entity else None,
            kind=RequestKind.RECORD_REQUEST,
            requested_by=Requester(user="officer", organisation=edge.recipient),
            purpose_code=Purpose.CRIMINAL_INVESTIGATION,
            reason_text="armed robbery, grey sedan left the scene",
            data_types=(DataType.PLATE_READ,),
            scopes=(Scope.SEARCH,),
            networks=(),
            selector=Selector(plate="8ABC123", window_from=NOW.replace(day=1, hour=1), window_to=NOW),
            requested_at=NOW,
        )
        answers.append((edge, decide(request, books, policy, NOW)))
    return answers


def test_there_are_10950_shares_of_73_portals_with_495_recipients(edges: list[Edge]) -> None:
    assert len(edges) == 10_950
    assert len({edge.source for edge in edges}) == 73
    assert len({edge.recipient for edge in edges}) == 495


def test_as_listed_none_is_forwarded(edges: list[Edge], books: Books, policy: PolicyInForce) -> None:
    verdicts = Counter(decide(request_of(edge), books, policy, NOW).verdict for edge in edges)
    assert verdicts == {Verdict.BLOCK: 10_950}


def test_no_share_with_another_states_code_in_its_name_is_forwarded_however_well_asked(
    decided: Decided,
) -> None:
    outside = [
        decision
        for edge, decision in decided
        if OTHER_STATES.search(edge.recipient) and not re.search(r"\bCA\b", edge.recipient)
    ]
    assert len(outside) == 244
    assert {decision.verdict for decision in outside} == {Verdict.BLOCK}


@pytest.mark.parametrize(
    ("name", "count"), [("US Postal Inspection Service", 17), ("FBI", 9), ("USMS (Inactive)", 2)]
)
def test_a_federal_recipient_is_blocked_as_federal(decided: Decided, name: str, count: int) -> None:
    reasons = [decision.leading_reason for edge, decision in decided if edge.recipient == name]
    assert Counter(reasons) == {ReasonCode.RECIPIENT_FEDERAL: count}


def test_a_placeholder_is_nobody(decided: Decided) -> None:
    found = [decision for edge, decision in decided if edge.recipient in PLACEHOLDERS]
    assert len(found) == 5 + 5 + 2 + 1
    assert {decision.leading_reason for decision in found} == {ReasonCode.RECIPIENT_UNRESOLVED}


def test_who_is_not_in_the_registry_is_unresolved(decided: Decided, books: Books) -> None:
    unknown = [decision for edge, decision in decided if books.resolve(edge.recipient) is None]
    assert unknown
    for decision in unknown:
        assert decision.verdict is Verdict.BLOCK
        codes = {reason.code for reason in decision.reasons}
        assert codes & {ReasonCode.RECIPIENT_UNRESOLVED, ReasonCode.RECIPIENT_NONSPECIFIC}


def test_only_recipients_with_an_agreement_in_force_are_forwarded(decided: Decided) -> None:
    forwarded = {edge.recipient for edge, decision in decided if decision.verdict is Verdict.FORWARD}
    assert forwarded == {
        "Burbank CA PD",
        "Downey PD CA",
        "El Monte CA PD",
        "LASD CA - San Dimas Station",
        "Los Angeles County CA SD",
        "Pasadena CA PD",
        "San Fernando CA PD",
        "Santa Monica CA PD",
        "South Pasadena CA PD",
        "Ventura County CA SO",
    }
