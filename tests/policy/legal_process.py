"""A disclosure by legal process for tests: a warrant of the Superior Court for one plate on one day."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from streams.policy.disclosure import Authority, Disclosure
from streams.policy.request import Selector
from streams.policy.vocabulary import AuthorityKind, DataType, Issuer, Purpose, RequestId
from tests.policy.building import NOW

AUTHORITY = Authority(
    kind=AuthorityKind.SEARCH_WARRANT,
    issuer=Issuer.JUDGE,
    body="Superior Court of California, County of Los Angeles",
    jurisdiction="US-CA",
    reference="26-SW-0113",
    dated=date(2026, 4, 30),
    document_digest="9f86d081884c7d659a2feaa0c55ad015" * 2,
)
DISCLOSURE = Disclosure(
    disclosure_id=RequestId("d-26-0031"),
    authority=AUTHORITY,
    case_number="26-001234",
    recipient="Superior Court, Department 42",
    purpose_code=Purpose.CRIMINAL_INVESTIGATION,
    data_types=(DataType.PLATE_READ,),
    selector=Selector(
        plate="8ABC123", window_from=NOW - timedelta(days=2), window_to=NOW - timedelta(days=1)
    ),
    signer="d.okafor",
    at=NOW,
)


def a_disclosure(
    authority: dict[str, Any] | None = None, selector: dict[str, Any] | None = None, **changes: Any
) -> Disclosure:
    """Return the base disclosure with changes to itself, to its authority and to its selector."""
    return replace(
        DISCLOSURE,
        authority=replace(AUTHORITY, **(authority or {})),
        selector=replace(DISCLOSURE.selector, **(selector or {})),
        **changes,
    )


def numbers_for_the_public(**changes: Any) -> Disclosure:
    """Return a public-records request, which gets aggregates, with changes."""
    return a_disclosure(
        authority={
            "kind": AuthorityKind.PUBLIC_RECORDS_REQUEST,
            "issuer": Issuer.REQUESTER,
            "body": "a requester",
        },
        selector={"plate": None, **changes.pop("selector", {})},
        **{"data_types": (DataType.AGGREGATE,), **changes},
    )
