import orjson
import pytest

from streams.policy.policy_text import SECTIONS
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
    refused, disclosed = by_source["Civ. Code 1798.90.55(b)"].listings
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
