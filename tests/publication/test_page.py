"""The page as a browser, a screen reader and somebody with bad intentions would find it."""

import itertools
from dataclasses import replace
from html.parser import HTMLParser

import orjson
import pytest

from streams.policy.policy_text import SECTIONS
from streams.policy.vocabulary import ProcessorStatus, Verdict
from streams.publication.html import Html, element, paragraphs
from streams.publication.page import PARTS, page
from streams.publication.process import UNSEEN
from streams.publication.publication import Publication
from streams.publication.style import CONTRASTS
from streams.publication.tables import (
    counts_csv,
    disclosures_csv,
    processors_csv,
    publication_json,
    recipients_csv,
)
from tests.publication.shown import TEXT, books_after, event, example_events, publication, record

WRITERS = (publication_json, recipients_csv, processors_csv, counts_csv, disclosures_csv)
VOID = {"meta", "br"}
READABLE = 4.5
EVIL = '<script>alert("x")</script>'
# Of the example books and the events: who reviewed, evaluated, signed, authorised; and users.
PEOPLE = (
    "example reviewer",
    "example custodian",
    "example chief",
    "example counsel",
    "Chief of Police",
    "city attorney",
    "lieutenant B. Example",
    "ex-N41733",
    "ex-N52008",
    "j. author",
)


class Reading(HTMLParser):
    """Reads a page strictly: every element is closed where it belongs."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def shown() -> Publication:
    return publication()


@pytest.fixture(scope="module")
def text(shown: Publication) -> str:
    return page(shown).decode()


@pytest.fixture(scope="module")
def reading(text: str) -> Reading:
    return Reading(text)


def test_the_page_is_whole(reading: Reading) -> None:
    assert reading.open == []
    ids = [attributes["id"] for _, attributes in reading.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {name for name, _ in PARTS} <= set(ids)
    links = [str(attributes["href"]) for attributes in reading.all("a")]
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= set(ids)


def test_it_loads_nothing_and_runs_nothing(reading: Reading, text: str) -> None:
    names = {name for name, _ in reading.elements}
    assert not names & {"script", "link", "img", "iframe", "object", "form", "svg"}
    assert "url(" not in text
    assert "@import" not in text
    assert "://" not in text
    assert not any(key.startswith("on") for _, attributes in reading.elements for key in attributes)


def test_it_can_be_read_without_eyes_and_walked_without_a_mouse(reading: Reading) -> None:
    (html,) = reading.all("html")
    assert html["lang"] == "en"
    assert len(reading.all("h1")) == len(reading.all("main")) == len(reading.all("title")) == 1
    levels = [int(name[1]) for name, _ in reading.elements if name in {"h1", "h2", "h3"}]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert all("scope" in attributes for attributes in reading.all("th"))
    assert len(reading.all("caption")) == len(reading.all("table")) > 2
    regions = [each for each in reading.all("div") if each.get("role") == "region"]
    assert len(regions) == len(reading.all("table"))
    assert all(each["tabindex"] == "0" and each["aria-labelledby"] for each in regions)
    first_link = reading.all("a")[0]
    assert first_link["href"] == "#main"


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("ink", "ground"), CONTRASTS)
def test_text_stands_out_from_its_ground(ink: str, ground: str) -> None:
    brighter, darker = sorted((luminance(ink), luminance(ground)), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= READABLE


def test_it_names_agencies_agreements_and_every_section_of_the_policy(text: str) -> None:
    assert "Burbank Police Department" in text
    assert "ex-burbank-pd" in text
    assert "Hemet Police Department" in text
    for section in SECTIONS:
        assert section.heading in text
        assert section.clause in text
    for unseen in UNSEEN:
        assert unseen in text


def test_no_person_and_no_free_text_of_an_agreement_is_published(shown: Publication, text: str) -> None:
    written = (text, *(each(shown).decode() for each in WRITERS))
    for one in written:
        assert [name for name in PEOPLE if name in one] == []
        assert "shall not sell, share or transfer" not in one


def test_small_numbers_stand_nowhere(text: str, shown: Publication) -> None:
    assert "not shown" in text
    counts = [
        cell["count"]
        for quarter in orjson.loads(publication_json(shown))["quarters"]
        for of in ("requests", "ended_holds", "disclosures")
        for cell in quarter[of]["cells"]
    ]
    assert None in counts
    assert all(count is None or count > 10 for count in counts)
    assert all(
        not row.endswith(tuple(f",{n}" for n in range(1, 11)))
        for row in f"{counts_csv(shown).decode()}{disclosures_csv(shown).decode()}".split("\n")
    )


def test_legal_process_is_counted_by_its_kind(text: str, shown: Publication) -> None:
    rows = disclosures_csv(shown).decode().splitlines()
    assert rows[0] == "quarter,authority,verdict,count"
    assert "2026 Q2,subpoena,forward,60" in rows
    assert [row for row in rows if row.startswith("2026 Q1,court_order")] == [
        "2026 Q1,court_order,block,hidden"
    ]
    assert "Disclosures by legal process in 2026 Q2" in text
    assert "subpoena: disclosed" in text


def test_the_same_records_give_the_same_bytes() -> None:
    one, other = publication(), publication()
    for write in (page, *WRITERS):
        assert write(one) == write(other)


def test_the_order_of_entries_on_the_books_does_not_show() -> None:
    events = example_events()
    other = publication(books_after([events[0], *reversed(events[1:])]))
    assert page(other) == page(publication())


def test_what_is_written_about_the_agency_is_text_and_never_markup() -> None:
    sections = {**TEXT.sections, "accuracy": EVIL}
    shown = replace(publication(), text=replace(TEXT, sections=sections, contact=EVIL, public_comment=EVIL))
    text = page(shown).decode()
    assert EVIL not in text
    assert text.count("&lt;script&gt;") == 3


def test_attributes_are_escaped_too() -> None:
    assert element("a", "<", href='"><b>') == '<a href="&quot;&gt;&lt;b&gt;">&lt;</a>'
    assert element("p", Html("<b>x</b>")) == "<p><b>x</b></p>"


def test_paragraphs_and_lists_of_the_agency() -> None:
    assert paragraphs("one\ntwo\n\n- a\n- b & c\n") == "<p>one two</p>\n<ul><li>a</li><li>b &amp; c</li></ul>"


def test_with_nothing_shared_and_no_quarter_over_it_says_so() -> None:
    events = [each for each in example_events() if not each.key.startswith("agreement/")]
    text = page(
        publication(books_after(events), [record(Verdict.FORWARD)], record(Verdict.FORWARD).decided_at)
    ).decode()
    assert "No agreement is in force" in text
    assert "No quarter with requests is over yet" in text


def test_what_cannot_be_read_is_counted() -> None:
    events = example_events()
    broken = replace(events[-1], value=b"not an agreement")
    assert (
        "1 entries of the books cannot be read" in page(publication(books_after([*events, broken]))).decode()
    )


def test_a_cell_that_a_spreadsheet_would_run_is_text() -> None:
    events = example_events()
    shown = publication(books_after(events))
    first = shown.recipients[0]
    renamed = replace(first, entity=replace(first.entity, name="=1+1"))
    assert ",'=1+1," in recipients_csv(replace(shown, recipients=(renamed,))).decode()


def test_processors_are_told_apart_from_recipients_and_those_that_ended_not_at_all(
    shown: Publication,
) -> None:
    host, yard = shown.processors
    assert (host.processor_id, yard.processor_id) == ("ex-cloud-host", "ex-tow-yard")
    rows = [line.split(",") for line in processors_csv(shown).decode().splitlines()]
    assert rows[1][2:] == [
        "hosting",
        "keeps the reads of the agency's own cameras",
        "image plate_read",
        "2026-01-12",
        "2028-01-12",
    ]
    assert rows[2][2:] == ["towing", "looks up vehicles that it has towed", "plate_read", "", ""]
    plain = orjson.loads(publication_json(shown))["processors"]
    assert [one["name"] for one in plain] == ["Example Cloud Host Inc", "Example Tow Yard"]
    written = page(shown).decode()
    assert "looks up vehicles that it has towed" in written
    assert "Example Tow Yard" not in recipients_csv(shown).decode()
    ended = event(replace(host, status=ProcessorStatus.ENDED))
    unsure = event(replace(yard, status=ProcessorStatus.UNKNOWN, name="A Yard"))
    later = publication(books_after([*example_events(), ended, unsure]))
    assert [one.name for one in later.processors] == ["A Yard"]
    bare = publication(books_after(example_events()[:2]))
    assert "Nobody is on record." in page(bare).decode()
