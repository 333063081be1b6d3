"""A release is no key: when it is carried out, the agreement is asked again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from streams.policy.books import Books
from streams.policy.carrying_out import IMAGE_LIFETIME, bar_to_image, bar_to_order
from streams.policy.decide import decide
from streams.policy.minimise import minimise
from streams.policy.release import ORDER_LIFETIME, Release
from streams.policy.vocabulary import ReasonCode
from tests.policy.building import NOW, a_policy, a_request, an_agreement, an_entity, in_force, some_books

PUSH = {
    "initiated_by": "agency",
    "requested_by": {"user": "jdoe", "organisation": "Los Angeles CA PD"},
    "authenticated_as": "lapd",
    "data_types": ["plate_read", "image"],
    "records": [
        {
            "read_id": "read-1", "captured_at": "2026-04-30T10:00:00+00:00", "data_type": "image",
            "network": "north", "image_reference": "img-1",
        }
    ],
}  # fmt: skip


def released(books: Books, **changes: object) -> Release:
    request = a_request(**changes)
    decision = decide(request, books, in_force(books), NOW)
    return minimise(request, decision, books)


@pytest.fixture
def books() -> Books:
    return some_books()


@pytest.fixture
def order(books: Books) -> Release:
    return released(books)


def code(reason: object) -> object:
    return getattr(reason, "code", None)


def test_an_order_is_carried_out_while_everything_stands(books: Books, order: Release) -> None:
    assert order.expires_at == NOW + ORDER_LIFETIME
    assert bar_to_order(order, books, NOW + timedelta(hours=23)) is None


def test_an_order_expires(books: Books, order: Release) -> None:
    assert code(bar_to_order(order, books, NOW + ORDER_LIFETIME)) is ReasonCode.ORDER_REFUSED


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"status": "revoked"}, ReasonCode.AGREEMENT_REVOKED),
        ({"status": "suspended"}, ReasonCode.AGREEMENT_SUSPENDED),
        ({"data_types": ["image"]}, ReasonCode.SCOPE_NOT_COVERED),
        ({"purposes": ["civil"]}, ReasonCode.PURPOSE_NOT_COVERED),
        ({"onward_sharing_prohibited": False}, ReasonCode.AGREEMENT_NO_ONWARD_CLAUSE),
    ],
)
def test_what_was_taken_back_meanwhile_stops_it(
    books: Books, order: Release, change: dict[str, object], expected: ReasonCode
) -> None:
    books.put_agreement(an_agreement(version=99, **change))
    assert code(bar_to_order(order, books, NOW)) is expected


def test_a_recipient_that_turned_out_to_be_federal_gets_nothing(books: Books, order: Release) -> None:
    books.put_entity(an_entity(entity_id=order.entity_id, name="Pasadena CA PD", **{"class": "federal"}))
    assert code(bar_to_order(order, books, NOW)) is ReasonCode.RECIPIENT_FEDERAL


def test_a_purpose_that_left_the_policy_stops_it(books: Books, order: Release) -> None:
    books.put_policy(a_policy(purposes=["civil"]))
    assert code(bar_to_order(order, books, NOW)) is ReasonCode.PURPOSE_NOT_AUTHORISED


def test_without_policy_nothing_is_carried_out(books: Books, order: Release) -> None:
    books.drop("policy/current")
    assert code(bar_to_order(order, books, NOW)) is ReasonCode.ORDER_REFUSED


def test_the_image_of_a_pushed_read_is_fetched_while_the_agreement_covers_images(books: Books) -> None:
    books.put_agreement(
        an_agreement(version=4, data_types=["plate_read", "image"], fields=["plate", "image_reference"])
    )
    release = released(books, **PUSH)
    assert bar_to_image(release, "read-1", books, NOW) is None
    assert code(bar_to_image(release, "read-2", books, NOW)) is ReasonCode.ORDER_REFUSED
    assert code(bar_to_image(release, "read-1", books, NOW + IMAGE_LIFETIME)) is ReasonCode.ORDER_REFUSED
    books.put_agreement(an_agreement(version=5, data_types=["plate_read"]))
    assert code(bar_to_image(release, "read-1", books, NOW)) is ReasonCode.SCOPE_NOT_COVERED


def test_a_read_without_its_image_gives_none(books: Books) -> None:
    books.put_agreement(an_agreement(version=4, data_types=["plate_read", "image"], fields=["plate"]))
    release = released(books, **PUSH)
    assert code(bar_to_image(release, "read-1", books, NOW)) is ReasonCode.ORDER_REFUSED


def test_what_carries_its_reads_is_no_order(books: Books, order: Release) -> None:
    assert code(bar_to_order(replace(order, expires_at=None), books, NOW)) is ReasonCode.ORDER_REFUSED
