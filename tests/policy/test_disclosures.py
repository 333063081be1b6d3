"""What stands in the way of legal process: what each rule refuses, what it lets pass, and where it turns."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from streams.policy.disclosure import Disclosure
from streams.policy.disclosures import (
    ISSUERS,
    DisclosureGround,
    disclosure_access,
    disclosure_decision_id,
    objections,
    order_of,
)
from streams.policy.evidence_cover import Cover
from streams.policy.reasons import ORDER
from streams.policy.vocabulary import (
    AuthorityKind,
    DataType,
    Issuer,
    Purpose,
    ReasonCode,
    RequestId,
    Verdict,
)
from tests.policy.building import NOW, an_evidence_hold, in_force, some_books
from tests.policy.legal_process import AUTHORITY, DISCLOSURE, a_disclosure, numbers_for_the_public

POLICY = in_force(some_books())
GROUND = DisclosureGround(policy=POLICY, now=NOW)
MOMENT = timedelta(microseconds=1)
SUBPOENA = {"kind": AuthorityKind.SUBPOENA, "issuer": Issuer.ATTORNEY}
_C = ReasonCode


def codes(disclosure: Disclosure, ground: DisclosureGround = GROUND) -> list[ReasonCode]:
    return [reason.code for reason in objections(disclosure, ground)]


def window(start: datetime, end: datetime) -> dict[str, Any]:
    return {"window_from": start, "window_to": end}


OLD = NOW - timedelta(days=2000)
REFUSED: dict[str, tuple[Disclosure, ReasonCode]] = {
    "signed beyond the skew of clocks": (
        a_disclosure(at=NOW + timedelta(minutes=5) + MOMENT), _C.CLOCK_SKEW,
    ),
    "signed too long ago": (a_disclosure(at=NOW - timedelta(days=400)), _C.REQUEST_TOO_OLD),
    "commercial": (a_disclosure(purpose_code=Purpose.COMMERCIAL), _C.COMMERCIAL_PURPOSE),
    "a plate with a wildcard": (a_disclosure(selector={"plate": "8ABC*"}), _C.SELECTOR_TOO_BROAD),
    "a plate of three": (a_disclosure(selector={"plate": "8AB"}), _C.SELECTOR_TOO_BROAD),
    "a read with a wildcard": (
        a_disclosure(selector={"plate": None, "read_ids": ("r-%",)}), _C.SELECTOR_TOO_BROAD,
    ),
    "too many reads": (
        a_disclosure(selector={"read_ids": tuple(f"r-{n}" for n in range(1001))}), _C.SELECTOR_TOO_BROAD,
    ),
    "a window that is not over": (
        a_disclosure(selector=window(NOW - timedelta(days=1), NOW + MOMENT)), _C.SELECTOR_TOO_BROAD,
    ),
    "a window longer than the policy's": (
        a_disclosure(selector=window(NOW - timedelta(days=400), NOW)), _C.SELECTOR_TOO_BROAD,
    ),
    "what should have been deleted": (
        a_disclosure(selector=window(OLD, OLD + timedelta(days=1))), _C.RETENTION_EXCEEDED,
    ),
    "an administrative warrant": (
        a_disclosure({"issuer": Issuer.EXECUTIVE}), _C.DISCLOSURE_WITHOUT_AUTHORITY,
    ),
    "an administrative subpoena": (
        a_disclosure({**SUBPOENA, "issuer": Issuer.EXECUTIVE}), _C.DISCLOSURE_WITHOUT_AUTHORITY,
    ),
    "a warrant of a clerk": (
        a_disclosure({"issuer": Issuer.COURT_CLERK}), _C.DISCLOSURE_WITHOUT_AUTHORITY,
    ),
    "a subpoena of another state": (
        a_disclosure({"jurisdiction": "US-TX"}), _C.DISCLOSURE_WITHOUT_AUTHORITY,
    ),
    "reads for a public-records request": (
        numbers_for_the_public(data_types=(DataType.PLATE_READ,)), _C.DISCLOSURE_WITHOUT_AUTHORITY,
    ),
    "numbers of one plate for a public-records request": (
        numbers_for_the_public(selector={"plate": "8ABC123"}), _C.DISCLOSURE_WITHOUT_AUTHORITY,
    ),
    "numbers and reads for a public-records request": (
        numbers_for_the_public(data_types=(DataType.AGGREGATE, DataType.IMAGE)),
        _C.DISCLOSURE_WITHOUT_AUTHORITY,
    ),
    "immigration enforcement by an attorney": (
        a_disclosure(SUBPOENA, purpose_code=Purpose.IMMIGRATION_ENFORCEMENT), _C.DISCLOSURE_NEEDS_JUDGE,
    ),
    "protected care by a grand jury": (
        a_disclosure(
            {**SUBPOENA, "issuer": Issuer.GRAND_JURY}, purpose_code=Purpose.PROTECTED_HEALTH_CARE
        ),
        _C.DISCLOSURE_NEEDS_JUDGE,
    ),
    "a screened word in the body": (
        a_disclosure({**SUBPOENA, "body": "I.C.E., Los Angeles"}), _C.DISCLOSURE_NEEDS_JUDGE,
    ),
    "a screened word in the case": (
        a_disclosure(SUBPOENA, case_number="ICE-26-1"), _C.DISCLOSURE_NEEDS_JUDGE,
    ),
    "a screened word in the recipient": (
        a_disclosure(SUBPOENA, recipient="counsel for ICE"), _C.DISCLOSURE_NEEDS_JUDGE,
    ),
    "a screened word in the reference": (
        a_disclosure({**SUBPOENA, "reference": "ICE 200"}), _C.DISCLOSURE_NEEDS_JUDGE,
    ),
}  # fmt: skip

MISSING: dict[str, Disclosure] = {
    "authority.kind": a_disclosure({"kind": AuthorityKind.UNKNOWN}),
    "authority.issuer": a_disclosure({"issuer": Issuer.UNKNOWN}),
    "authority.body": a_disclosure({"body": "\u200b"}),
    "authority.reference": a_disclosure({"reference": " "}),
    "authority.dated": a_disclosure({"dated": None}),
    "authority.document_digest": a_disclosure({"document_digest": AUTHORITY.document_digest.upper()}),
    "case_number": a_disclosure(case_number=""),
    "recipient": a_disclosure(recipient="\u3164"),
    "purpose_code": a_disclosure(purpose_code=Purpose.UNKNOWN),
    "data_types": a_disclosure(data_types=()),
    "selector.plate": a_disclosure(selector={"plate": None}),
    "selector.window_from": a_disclosure(selector={"window_from": None}),
    "selector.window_to": a_disclosure(selector=window(NOW - timedelta(days=1), NOW - timedelta(days=1))),
}
LAWFUL: dict[str, Disclosure] = {
    "a warrant": DISCLOSURE,
    "signed within the skew of clocks": a_disclosure(at=NOW + timedelta(minutes=5)),
    "a subpoena of an attorney": a_disclosure(SUBPOENA),
    "discovery by the prosecutor": a_disclosure(
        {"kind": AuthorityKind.DISCOVERY, "issuer": Issuer.ATTORNEY}, recipient="defence counsel"
    ),
    "a federal grand jury": a_disclosure({**SUBPOENA, "issuer": Issuer.GRAND_JURY, "jurisdiction": "US"}),
    "a warrant of a federal judge for immigration": a_disclosure(
        {"jurisdiction": "US", "body": "ICE v. Doe"}, purpose_code=Purpose.IMMIGRATION_ENFORCEMENT
    ),
    "single reads": a_disclosure(selector={"plate": None, "read_ids": ("r-1",)}),
    "a thousand reads": a_disclosure(selector={"read_ids": tuple(f"r-{n}" for n in range(1000))}),
    "a plate of four": a_disclosure(selector={"plate": "8-AB C"}),
    "a window that ends now": a_disclosure(selector=window(NOW - timedelta(days=1), NOW)),
    "what is only hidden, and not deleted": a_disclosure(
        selector=window(NOW - timedelta(days=1000), NOW - timedelta(days=999))
    ),
    "numbers for the public": numbers_for_the_public(),
    "a document of today": a_disclosure({"dated": NOW.date()}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    disclosure, code = REFUSED[name]
    assert codes(disclosure) == [code]


@pytest.mark.parametrize("field", MISSING)
def test_what_is_missing_is_named(field: str) -> None:
    found = {reason.code: reason for reason in objections(MISSING[field], GROUND)}
    assert found[ReasonCode.DISCLOSURE_INCOMPLETE].field == field


@pytest.mark.parametrize("name", LAWFUL)
def test_what_nothing_stands_in_the_way_of(name: str) -> None:
    assert codes(LAWFUL[name]) == []


def test_a_document_of_tomorrow_is_none() -> None:
    assert codes(a_disclosure({"dated": NOW.date() + timedelta(days=1)})) == [_C.DISCLOSURE_INCOMPLETE]


def test_all_that_is_missing_is_named_in_one_reason() -> None:
    (reason, *_) = objections(a_disclosure(case_number="", recipient=""), GROUND)
    assert (reason.field, reason.verdict) == ("case_number,recipient", Verdict.BLOCK)


def test_evidence_of_the_case_reaches_what_should_have_been_deleted() -> None:
    asked = a_disclosure(selector=window(OLD, OLD + timedelta(days=1)))
    hold = an_evidence_hold(plates=["8ABC123"], window_from=OLD, window_to=OLD + timedelta(days=1))
    ground = DisclosureGround(policy=POLICY, now=NOW, covers=(Cover.of(hold),))
    assert codes(asked, ground) == []
    other = a_disclosure(selector={**window(OLD, OLD + timedelta(days=1)), "plate": "7XYZ999"})
    assert codes(other, ground) == [ReasonCode.RETENTION_EXCEEDED]


def test_no_kind_is_issued_by_an_executive_or_by_nobody() -> None:
    assert set(ISSUERS) == set(AuthorityKind) - {AuthorityKind.UNKNOWN}
    assert not any({Issuer.EXECUTIVE, Issuer.UNKNOWN} & issuers for issuers in ISSUERS.values())


def test_an_order_is_for_exactly_what_was_signed() -> None:
    order = order_of(DISCLOSURE, "the note", NOW)
    assert (order.selector, order.data_types) == (DISCLOSURE.selector, DISCLOSURE.data_types)
    assert (order.recipient, order.case_number) == (DISCLOSURE.recipient, DISCLOSURE.case_number)
    assert (order.kind, order.note, order.issued_at) == (AUTHORITY.kind, "the note", NOW)
    assert order.decision_id == disclosure_decision_id(DISCLOSURE.disclosure_id)
    assert order.decision_id != disclosure_decision_id(RequestId("d-26-0032"))


def test_the_access_record_says_who_of_the_agency_provides_what_to_whom_and_why() -> None:
    access = disclosure_access(DISCLOSURE, "Los Angeles Police Department")
    assert (access.user, access.organisation) == ("d.okafor", "Los Angeles Police Department")
    assert (access.time, access.data_elements) == (NOW, ("8ABC123",))
    assert access.purpose == (
        "criminal_investigation: search_warrant, case 26-001234, to Superior Court, Department 42"
    )
    both = a_disclosure(selector={"read_ids": ("r-1", "r-2")})
    assert disclosure_access(both, "").data_elements == ("8ABC123", "r-1", "r-2")
    start, end = DISCLOSURE.selector.window_from, DISCLOSURE.selector.window_to
    assert disclosure_access(numbers_for_the_public(), "").data_elements == (f"from={start}", f"to={end}")


TEXT = st.text(max_size=20)
INSTANTS = st.datetimes(timezones=st.just(UTC)) | st.timedeltas(timedelta(days=-40), timedelta(days=2)).map(
    lambda ago: NOW + ago
)


def mostly(usual: Any, other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw what is in order three times of four, so that many a disclosure is."""
    return st.sampled_from((True, True, True, False)).flatmap(
        lambda is_usual: st.just(usual) if is_usual else other
    )


DISCLOSURES = st.builds(
    a_disclosure,
    authority=st.fixed_dictionaries(
        {
            "kind": st.sampled_from(AuthorityKind),
            "issuer": mostly(Issuer.JUDGE, st.sampled_from(Issuer)),
            "body": mostly(AUTHORITY.body, TEXT),
            "jurisdiction": mostly("US-CA", st.sampled_from(["US", "US-TX", ""])),
            "reference": mostly(AUTHORITY.reference, TEXT),
            "dated": mostly(AUTHORITY.dated, st.none() | st.dates()),
            "document_digest": mostly(AUTHORITY.document_digest, TEXT),
        }
    ),
    selector=st.fixed_dictionaries(
        {
            "plate": st.sampled_from(["8ABC123", None]) | TEXT,
            "read_ids": mostly((), st.lists(TEXT, max_size=3).map(tuple)),
            "window_from": mostly(DISCLOSURE.selector.window_from, st.none() | INSTANTS),
            "window_to": mostly(DISCLOSURE.selector.window_to, st.none() | INSTANTS),
        }
    ),
    case_number=mostly("26-1", TEXT),
    recipient=mostly("defence counsel", TEXT),
    purpose_code=st.sampled_from(Purpose),
    data_types=mostly((DataType.AGGREGATE,), st.lists(st.sampled_from(DataType), max_size=2).map(tuple)),
    at=mostly(NOW, INSTANTS),
)


@given(DISCLOSURES)
def test_whatever_is_signed_is_judged_and_all_of_it_blocks_in_rule_order(disclosure: Disclosure) -> None:
    reasons = objections(disclosure, GROUND)
    places = [ORDER[reason.code] for reason in reasons]
    assert places == sorted(set(places))
    assert all(reason.verdict is Verdict.BLOCK for reason in reasons)


@given(DISCLOSURES)
def test_nothing_goes_without_an_authority_a_bounded_past_window_and_an_exact_record(
    disclosure: Disclosure,
) -> None:
    if objections(disclosure, GROUND):
        return
    event("disclosed")
    authority, selector = disclosure.authority, disclosure.selector
    assert authority.issuer in ISSUERS[authority.kind]
    assert selector.window_from is not None
    assert selector.window_to is not None
    assert selector.window_from < selector.window_to <= NOW
    is_public = authority.kind is AuthorityKind.PUBLIC_RECORDS_REQUEST
    assert is_public is not bool(selector.plate or selector.read_ids)
