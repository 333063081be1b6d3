from typing import Any

import pytest
from hypothesis import given, settings

from streams.policy.books import Books
from streams.policy.decide import decide
from streams.policy.differences import AgreementChange, differences
from streams.policy.vocabulary import Verdict
from tests.policy.agreed import AGREED, CHANGES, requests_within
from tests.policy.building import an_agreement, some_books

Told = dict[str, str]


def only(before: dict[str, Any], after: dict[str, Any]) -> AgreementChange:
    (change,) = differences([an_agreement(**before)], [an_agreement(**after)])
    return change


def told(change: AgreementChange) -> tuple[Told, Told]:
    return (
        {part.what: part.words for part in change.gains},
        {part.what: part.words for part in change.losses},
    )


def test_equal_agreements_do_not_differ() -> None:
    assert differences([an_agreement()], [an_agreement()]) == ()


@pytest.mark.parametrize(
    ("after", "gains", "losses"),
    [
        ({"data_types": ["plate_read", "image"]}, {"data types": "image"}, {"data types": "hotlist_hit"}),
        ({"scopes": ["search", "hot_list", "vms"]}, {"scopes": "vms"}, {}),
        ({"networks": ["*"]}, {"networks": "all but north, south"}, {}),
        ({"networks": ["north"]}, {}, {"networks": "south"}),
        ({"purposes": ["administrative"]}, {}, {"purposes": "criminal_investigation"}),
        ({"fields": ["plate", "captured_at", "camera_name", "latitude"]}, {"fields": "latitude"}, {}),
        ({"max_record_age": "P2Y"}, {"age of reads": "up to 2 years instead of 1 year"}, {}),
        ({"max_record_age": "P30D"}, {}, {"age of reads": "up to 1 year instead of 30 days"}),
        ({"live_feed": True}, {"live feed": "yes"}, {}),
        ({"end": "2026-10-01T07:00:00Z"}, {}, {"time": "until 2026-11-30 instead of 2026-10-01"}),
        (
            {"contract_reviewed": {"due": "2026-12-31T00:00:00Z"}},
            {"time": "until 2026-12-30 instead of 2026-11-30"},
            {},
        ),
        ({"contract_reviewed": {"by": "somebody else"}}, {}, {}),
    ],
)
def test_what_is_gained_and_lost_is_told(after: dict[str, Any], gains: Told, losses: Told) -> None:
    assert told(only({}, {"version": 4, **after})) == (gains, losses)
    # The other way round it is the same with the sides changed.
    assert told(only({"version": 4, **after}, {})) == (losses, gains)


LIVE = {
    "receiving_system": "server",
    "accountable_user": "administrator",
    "purpose": "criminal_investigation",
    "reason": "stolen vehicles",
}


def test_terms_of_a_live_share_are_told_where_there_is_one() -> None:
    before = {"live_feed": True, "live_terms": {**LIVE, "hot_lists": ["stolen"], "time_coarseness": "PT1H"}}
    after = {"version": 4, "live_feed": True, "live_terms": {**LIVE, "hot_lists": ["wanted"]}}
    assert told(only(before, after)) == (
        {"live terms": "time_coarseness, hot_lists"},
        {"live terms": "hot_lists"},
    )


@pytest.mark.parametrize(
    "after",
    [
        {"status": "suspended"},
        {"status": "draft"},
        {"clause_text": ""},
        {"contract_reviewed": None},
        {"signed_by": []},
    ],
)
def test_what_cannot_forward_any_more_loses_everything(after: dict[str, Any]) -> None:
    gains, losses = told(only({}, {"version": 4, **after}))
    assert gains == {}
    assert losses == {
        "data types": "hotlist_hit, plate_read",
        "scopes": "hot_list, search",
        "networks": "north, south",
        "purposes": "administrative, criminal_investigation",
        "fields": "camera_name, captured_at, plate",
        "age of reads": "up to 1 year",
        "time": "from 2026-01-01 until 2026-11-30",
    }


def test_a_new_draft_gives_nothing_and_a_removed_agreement_takes_everything() -> None:
    (change,) = differences([], [an_agreement(status="draft")])
    assert (change.gains, change.losses) == ((), ())
    (change,) = differences([an_agreement()], [])
    assert {"data types", "time"} <= set(told(change)[1])


def test_papers_that_change_nothing_are_named() -> None:
    change = only({}, {"version": 4, "clause_reference": "section 9"})
    assert (told(change), change.papers) == (({}, {}), ("clause_reference",))


def test_an_agreement_that_moves_to_another_entity_is_lost_by_one_and_gained_by_the_other() -> None:
    lost, won = differences([an_agreement()], [an_agreement(version=4, entity_id="burbank-pd")])
    assert (lost.entity_id, bool(lost.gains), bool(lost.losses)) == ("pasadena-pd", False, True)
    assert (won.entity_id, bool(won.gains), bool(won.losses)) == ("burbank-pd", True, False)


def test_the_latest_version_alone_counts() -> None:
    versions = [an_agreement(version=5, status="revoked"), an_agreement(version=4)]
    assert told(only({}, {"version": 5, "status": "revoked"})) == told(
        differences([an_agreement()], versions)[0]
    )


@settings(max_examples=150)
@given(first=AGREED, changes=CHANGES)
def test_where_nothing_is_gained_nothing_more_is_forwarded(
    first: dict[str, Any], changes: dict[str, Any]
) -> None:
    before, after = an_agreement(**first), an_agreement(**{**first, **changes}, version=4)
    found = differences([before], [after])
    old, new = Books(), Books()
    for books, agreement in ((old, before), (new, after)):
        for entity in some_books().entities():
            books.put_entity(entity)
        books.put_agreement(agreement)
    policy = some_books().policy()
    assert policy is not None
    for request, now in requests_within({**first, **changes}):
        if decide(request, new, policy, now).verdict is not Verdict.FORWARD:
            continue
        if decide(request, old, policy, now).verdict is not Verdict.FORWARD:
            assert any(change.gains for change in found)
