from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from streams.errors import BooksNotCurrentError
from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.minimise import minimise
from streams.policy.release import Release
from streams.policy.vocabulary import DataType, EntityId, Purpose, Scope, Verdict
from tests.policy.building import NOW, a_request, an_agreement, in_force, some_books

PUSH: dict[str, Any] = {
    "initiated_by": "agency",
    "authenticated_as": "lapd",
    "requested_by": {"organisation": "lapd"},
}
READ = {
    "read_id": "a",
    "captured_at": "2026-05-01T00:00:00Z",
    "network": "north",
    "plate": "8ABC123",
    "plate_region": "US-CA",
    "camera_name": "Main St",
    "latitude": 34.1,
    "image_reference": "img-1",
}


def _released(books: Books, **when: Any) -> Release:
    request = a_request(**when)
    decision = decide(request, books, in_force(books), NOW)
    assert decision.verdict is Verdict.FORWARD
    return minimise(request, decision, books)


def test_a_release_names_its_agreement_and_clause() -> None:
    books, request = some_books(), a_request()
    release = _released(books)
    assert release.decision_id == decide(request, books, in_force(books), NOW).decision_id
    assert (release.request_id, release.kind) == (request.request_id, request.kind)
    assert (release.agreement_id, release.agreement_version) == ("mou-24-017", 3)
    assert release.entity_id == "pasadena-pd"
    assert release.clause_reference == "section 3(b)"
    assert release.clause_text.startswith("The recipient shall not")
    assert release.purpose_code is Purpose.CRIMINAL_INVESTIGATION
    assert release.issued_at == NOW


def test_a_pushed_record_keeps_the_fields_of_the_agreement_alone() -> None:
    release = _released(some_books(), **PUSH, records=[READ])
    (read,) = release.records
    assert (read.plate, read.camera_name) == ("8ABC123", "Main St")
    assert (read.plate_region, read.latitude, read.network, read.image_reference) == (None, None, None, None)


def test_a_picture_shows_only_where_images_are_asked_for() -> None:
    terms = {"data_types": ["plate_read", "image"], "fields": ["image_reference", "no_such_field"]}
    books = some_books({"agreement": terms})
    assert _released(books, **PUSH, records=[READ]).fields == ()
    release = _released(books, **PUSH, records=[READ], data_types=["plate_read", "image"])
    assert release.fields == ("image_reference",)
    assert release.records[0].image_reference == "img-1"


def test_the_networks_asked_for_are_released_or_else_those_of_the_agreement() -> None:
    assert _released(some_books()).networks == ("north",)
    assert _released(some_books(), networks=[]).networks == ("north", "south")
    everywhere = some_books({"agreement": {"networks": ["*"]}})
    assert _released(everywhere, networks=["east"]).networks == ("east",)
    assert _released(everywhere, networks=[]).networks == ("*",)
    named = some_books({"agreement": {"networks": ["*", "north"]}})
    assert _released(named, networks=[]).networks == ("north",)


def test_a_standing_share_releases_the_scopes_asked_for_back_to_the_oldest_allowed_read() -> None:
    nothing = {"plate": None, "window_from": None, "window_to": None}
    release = _released(some_books(), kind="standing_share", scopes=["search"], selector=nothing)
    assert release.scopes == (Scope.SEARCH,)
    assert release.selector.window_from is not None
    assert release.selector.window_from > datetime.fromisoformat("2025-05-01T19:00:00Z")
    assert release.selector.window_from < datetime.fromisoformat("2025-05-03T19:00:00Z")


def test_a_window_that_was_asked_for_stays() -> None:
    assert _released(some_books()).selector == a_request().selector


def test_obligations_go_with_the_release() -> None:
    books = some_books(
        {"agreement": {"obligations": [{"kind": "report", "text": "yearly", "due": "2027-01-31"}]}}
    )
    assert [duty.kind for duty in _released(books).obligations] == ["report"]


def test_what_is_held_blocked_or_decided_under_other_books_is_not_released() -> None:
    books = some_books()
    policy = in_force(books)
    request = a_request()
    forward = decide(request, books, policy, NOW)
    held = decide(a_request(case_number=None), books, policy, NOW)
    later = books.copy()
    later.put_agreement(an_agreement(version=4))
    empty = Books()
    without_policy = books.copy()
    without_policy.drop("policy/current")
    for decision, other in (
        (held, books),
        (forward, later),
        (forward, empty),
        (forward, without_policy),
        (replace(forward, agreement_id=None), books),
        (replace(forward, entity_id=None), books),
    ):
        with pytest.raises(BooksNotCurrentError, match="decide again"):
            minimise(request, decision, other)


def test_even_a_wrong_forward_releases_nothing_outside_the_agreement() -> None:
    """The rules refuse these; the release is the second lock."""
    right = decide(a_request(), some_books(), in_force(some_books()), NOW)
    outside = [
        {**READ, "network": "east"},
        {**READ, "data_type": "video"},
        {**READ, "data_type": "hotlist_hit"},
        {**READ, "captured_at": "2025-05-01T19:00:00Z"},
        {**READ, "captured_at": "2024-05-01T19:00:00Z"},
    ]
    request = a_request(**PUSH, records=outside, data_types=["plate_read", "video"], scopes=["search", "vms"])
    for given in ({}, {"agreement": {"max_record_age": "P3Y"}}):
        release = minimise(request, right, some_books(given))
        assert release.data_types == (DataType.PLATE_READ,)
        assert release.scopes == (Scope.SEARCH,)
        ages = [read.captured_at.year for read in release.records]
        assert ages == ([2025] if given else [])


@pytest.mark.parametrize("terms", [{"max_record_age": "old"}, {"zone": "Nowhere"}])
def test_an_age_that_cannot_be_read_releases_nothing_older_than_now(terms: dict[str, str]) -> None:
    right = decide(a_request(), some_books(), in_force(some_books()), NOW)
    request = a_request(**PUSH, records=[READ], selector={"window_from": None})
    release = minimise(request, right, some_books({"agreement": terms}))
    assert release.records == ()
    assert release.selector.window_from == NOW


def test_a_missing_purpose_is_released_as_unknown() -> None:
    books = some_books()
    right = decide(a_request(), books, in_force(books), NOW)
    assert minimise(a_request(purpose_code=None), right, books).purpose_code is Purpose.UNKNOWN
    assert right.entity_id == EntityId("pasadena-pd")
