from datetime import UTC, datetime

import pytest

from streams.adapters.share_notices import PERMISSIONS, parse_notices
from streams.errors import InputError
from streams.policy.digest import content_digest
from streams.policy.request import Selector, SharingRequest
from streams.policy.vocabulary import Initiator, RequestKind, Scope

HEADER = "notice_date,notice_kind,requesting_organisation,request_date,permissions_requested\n"


def notice(row: str) -> SharingRequest:
    (request,) = parse_notices(HEADER + row + "\n", "notices.csv")
    return request


def test_a_notice_is_a_standing_share_that_the_recipient_asks_for() -> None:
    request = notice("2025-06-18,digest,Bell CA PD,2025-06-11,Search|Hot List")
    assert request.kind is RequestKind.STANDING_SHARE
    assert request.initiated_by is Initiator.RECIPIENT
    assert request.recipient_name == request.requested_by.organisation == "Bell CA PD"
    assert request.scopes == (Scope.SEARCH, Scope.HOT_LIST)


def test_the_day_is_the_vendors_pacific_day() -> None:
    assert notice("x,x,Bell CA PD,2025-06-11,Search").requested_at == datetime(2025, 6, 11, 7, 0, tzinfo=UTC)
    assert notice("x,x,Bell CA PD,2025-12-11,Search").requested_at == datetime(2025, 12, 11, 8, 0, tzinfo=UTC)


def test_what_a_notice_does_not_say_stays_blank() -> None:
    request = notice("2025-06-18,digest,Bell CA PD,2025-06-11,Search")
    assert request.requested_by.user == ""
    assert request.purpose_code is None
    assert request.reason_text is None
    assert request.case_number is None
    assert request.data_types == ()
    assert request.selector == Selector()
    assert request.authenticated_as is None


def test_permissions_that_were_not_stated_are_no_scopes() -> None:
    assert notice('2023-02-03,single,Albany CA PD,2023-02-03,"(not stated; ""footage"")"').scopes == ()


@pytest.mark.parametrize(("permission", "scope"), PERMISSIONS.items())
def test_each_permission_is_one_scope(permission: str, scope: Scope) -> None:
    assert notice(f"x,x,Bell CA PD,2025-06-11,{permission}").scopes == (scope,)


def test_all_scopes_can_be_named() -> None:
    assert set(PERMISSIONS.values()) == set(Scope) - {Scope.UNKNOWN}


def test_a_notice_sent_again_in_a_later_digest_is_the_same_request() -> None:
    first = notice("2025-06-18,digest,Bell CA PD,2025-06-11,Search")
    again = notice("2025-08-13,digest, Bell CA PD,2025-06-11,Search").request_id
    assert again == first.request_id
    assert content_digest(notice("2025-08-13,digest,Bell CA PD,2025-06-11,Search")) == content_digest(first)


def test_permissions_that_changed_between_digests_are_other_content_under_the_same_id() -> None:
    first = notice("2025-09-24,digest,Taft CA PD,2025-09-12,Search|VMS")
    second = notice("2025-12-03,digest,Taft CA PD,2025-09-12,Search")
    assert first.request_id == second.request_id
    assert content_digest(first) != content_digest(second)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("x,x, ,2025-06-11,Search", "notices.csv:2: requesting_organisation: expected a name"),
        ("x,x,Bell CA PD,06/11/2025,Search", "notices.csv:2: request_date: expected a date"),
        ("x,x,Bell CA PD,2025-06-31,Search", "notices.csv:2: request_date: expected a date"),
        (
            "x,x,Bell CA PD,2025-06-11,Search|Everything",
            "notices.csv:2: permissions_requested: expected Search",
        ),
        ("x,x,Bell CA PD,2025-06-11,", "notices.csv:2: permissions_requested: expected Search"),
        ("x,x,Bell CA PD", "notices.csv:2: expected 5 cells"),
    ],
)
def test_a_row_that_is_no_notice_is_an_error_with_its_line(row: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        notice(row)
    assert str(caught.value).startswith(expected)
