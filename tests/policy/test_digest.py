from datetime import UTC, datetime, timedelta, timezone
from typing import cast
from uuid import NAMESPACE_URL, UUID, uuid5

import orjson
import pytest

from streams.policy.digest import (
    canonical,
    canonical_of,
    content_digest,
    content_of,
    decision_id_of,
    derived_id,
    identify,
    malformed_id,
)
from streams.policy.vocabulary import RequestId
from tests.policy.building import a_request

READ = {"read_id": "a", "captured_at": "2026-05-01T00:00:00Z", "confidence": 0.5}


def test_the_digest_of_a_content_never_changes() -> None:
    # Written down once: another value would decide every remembered request afresh.
    assert content_digest(a_request()) == "85d60babcaf450ac531880546edd5c8e85edf0407828302f1fe23964e9485fb2"


def test_the_digest_of_pushed_records_never_changes() -> None:
    full = {
        "read_id": "a", "captured_at": "2026-05-01T00:00:00Z", "data_type": "image", "plate": "8ABC123",
        "plate_region": "US-CA", "confidence": 0.5, "camera_id": "c-1", "camera_name": "Main St",
        "network": "north", "latitude": 34.1, "longitude": -118.2, "heading_degrees": 90.0,
        "vehicle_make": "make", "vehicle_model": "model", "vehicle_color": "red", "image_reference": "img-1",
    }  # fmt: skip
    request = a_request(records=[full])
    (read,) = cast("list[dict[str, object]]", content_of(request)["records"])
    assert read == full | {"captured_at": datetime(2026, 5, 1, tzinfo=UTC)}
    assert content_digest(request) == "0488de9d1c7482097ccda7334fc220c652efe90d76368e1c23bbe4528bf82747"


@pytest.mark.parametrize("carrier", [{"channel": "portal"}, {"min_revision": 7}])
def test_how_a_request_came_is_no_content(carrier: dict[str, object]) -> None:
    assert content_digest(a_request(**carrier)) == content_digest(a_request())


@pytest.mark.parametrize(
    "change",
    [
        {"requested_at": "2026-05-01T18:58:00Z"},
        {"purpose_code": "administrative"},
        {"requested_by": {"user": "other"}},
        {"selector": {"plate": "8ABC124"}},
        {"records": [READ]},
        {"case_number": None},
        {"authenticated_as": "other"},
        {"authenticated_as": None},
    ],
)
def test_what_is_asked_is_content(change: dict[str, object]) -> None:
    assert content_digest(a_request(**change)) != content_digest(a_request())


@pytest.mark.usefixtures("in_los_angeles")
def test_the_zone_in_which_an_instant_is_written_is_no_content() -> None:
    local = datetime(2026, 5, 1, 11, 59, tzinfo=timezone(timedelta(hours=-7)))
    assert content_digest(a_request(requested_at=local)) == content_digest(a_request())
    assert b"2026-05-01T18:59:00+00:00" in canonical_of(a_request(requested_at=local))


def test_canonical_json_has_sorted_keys() -> None:
    content = content_of(a_request(records=[READ]))
    assert canonical(content) == orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def test_a_lone_surrogate_and_the_first_instant_of_time_have_a_digest_too() -> None:
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7)))
    identity = identify(a_request(request_id="\ud800", requested_at=first))
    assert len(identity.request_digest) == 64
    assert UUID(identity.decision_id).version == 5
    other = identify(a_request(request_id="\ud801", requested_at=first))
    assert other.request_digest != identity.request_digest


def test_ids_are_version_5_uuids_of_the_gate() -> None:
    gate = uuid5(NAMESPACE_URL, "urn:alpr-gate")
    for number in range(50):
        assert derived_id(f"name {number}") == str(uuid5(gate, f"name {number}"))
    assert malformed_id("t", 3, 7) == str(uuid5(gate, "t\n3\n7"))


def test_a_decision_id_is_of_organisation_request_and_content() -> None:
    ids = {
        decision_id_of(organisation, RequestId(request_id), digest)
        for organisation in ("a", "b")
        for request_id in ("1", "2")
        for digest in ("x", "y")
    }
    assert len(ids) == 8


def test_instants_without_a_zone_stay_as_they_are() -> None:
    naive = content_of(a_request(requested_at="2026-05-01T18:59:00"))["requested_at"]
    aware = datetime(2026, 5, 1, 18, 59, tzinfo=UTC)
    assert naive == aware.replace(tzinfo=None)
    assert content_of(a_request())["requested_at"] == aware
