from dataclasses import replace

import orjson
import pytest

from streams.policy.policy_text import SECTIONS
from streams.policy.vocabulary import UserId, UserStatus
from streams.publication.pack import Evidence, evidence_of
from streams.publication.pack_page import pack_json, pack_page
from streams.publication.statute_points import points
from tests.publication.shown import TEXT, sources
from tests.publication.test_page import PEOPLE, Reading

REPORT = "State Auditor 2019-118"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return evidence_of(sources(), TEXT)


def test_the_points_follow_the_report_and_then_the_statute(evidence: Evidence) -> None:
    asked = [point.source for point in points(evidence)]
    split = next(place for place, source in enumerate(asked) if not source.startswith(REPORT))
    assert all(source.startswith(REPORT) for source in asked[:split])
    assert asked[split:] == [
        "Civ. Code 1798.90.51(a), 1798.90.53(a)",
        *(section.clause for section in SECTIONS),
        "Civ. Code 1798.90.52",
        "Civ. Code 1798.90.55(a)",
        "Civ. Code 1798.90.55(b)",
    ]


@pytest.mark.parametrize("number", [18, 31, 32, 7, 19, 25])
def test_every_recommendation_has_its_point(evidence: Evidence, number: int) -> None:
    words = " ".join(point.source for point in points(evidence)).replace(",", "").replace(";", "").split()
    assert str(number) in words


def test_every_point_says_something_or_what_is_not_in_the_record(evidence: Evidence) -> None:
    for point in points(evidence):
        assert point.says or point.not_here


def test_numbers_are_whole_and_only_what_the_statute_refuses_is_counted_as_such(evidence: Evidence) -> None:
    by_source = {point.source: point for point in points(evidence)}
    refused, disclosed, _ = by_source["Civ. Code 1798.90.55(b)"].listings
    assert list(disclosed.rows[0]) == ["subpoena", "disclosed", "90"]
    assert ["court order", "refused", "4"] in [list(row) for row in disclosed.rows]
    assert {row[1]: row[2] for row in refused.rows} == {
        "ACCESS_RECORD_INCOMPLETE": "264",
        "RECIPIENT_OUT_OF_STATE": "135",
        "REASON_NEEDS_REVIEW": "18",
        "RECIPIENT_FEDERAL": "12",
        "PROHIBITED_PURPOSE_IMMIGRATION": "6",
    }
    (whole,) = by_source[f"{REPORT}, recommendation 32"].listings
    assert sum(int(row[2].replace(",", "")) for row in whole.rows) == evidence.counts.total()


def test_what_agreements_lack_is_in_it(evidence: Evidence) -> None:
    (lacking,) = points(evidence)[0].listings
    assert ("ex-el-cajon-pd", "warning", "evidence missing", "nobody signed it") in lacking.rows


def test_the_page_is_whole_and_has_the_transcript_and_no_person(evidence: Evidence) -> None:
    text = pack_page(evidence, "partition 0 <verified>").decode()
    reading = Reading(text)
    assert reading.open == []
    ids = [attributes["id"] for _, attributes in reading.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert "partition 0 &lt;verified&gt;" in text
    for written in (text, pack_json(evidence).decode()):
        assert [name for name in PEOPLE if name in written] == []


def test_json_has_every_point(evidence: Evidence) -> None:
    assert len(orjson.loads(pack_json(evidence))["points"]) == len(points(evidence))


def test_contracts_with_processors_and_what_they_lack_are_in_it(evidence: Evidence) -> None:
    by_asked = {point.asked: point for point in points(evidence)}
    vendors = by_asked["Do the contracts with cloud vendors guarantee what they must?"]
    assert vendors.says == ("On the register are 2 processors.",)
    (lacking,) = vendors.listings
    assert ("ex-tow-yard", "error", "review missing", "no review of the clause is on record") in lacking.rows
    (_, _, register) = by_asked["Was nothing sold, and nothing shared but with public agencies?"].listings
    assert [row[:4] for row in register.rows] == [
        ("Example Cloud Host Inc", "hosting", "active", "keeps the reads of the agency's own cameras"),
        ("Example Tow Yard", "towing", "active", "looks up vehicles that it has towed"),
    ]
    assert [row[5:] for row in register.rows] == [("C-22-0417", "2026-01-12"), ("T-19-002", "none")]


def test_users_are_counted_and_not_named() -> None:
    shown = sources()
    users = shown.past.index.books.users
    waiting = replace(
        next(iter(users)), user_id=UserId("n-7"), status=UserStatus.ACTIVE, authorised=None, trained_at=None
    )
    users.put(waiting)
    point = next(one for one in points(evidence_of(shown, TEXT)) if "accounts" in one.asked)
    assert point.says[0].startswith("Of 2 active users in the user book, 1 may push: authorised in writing")
    (lacks,) = point.listings
    assert lacks.rows == [("without a written authorisation in force", "1"), ("untrained", "1")]
