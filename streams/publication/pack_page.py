"""The compliance pack as a page: point by point, and the transcript of the verification at its end."""

from dataclasses import asdict

import orjson

from streams.publication.document import document
from streams.publication.html import Html, dates, element, joined, paragraphs, table
from streams.publication.pack import Evidence, Listing, Point, numbered
from streams.publication.statute_points import points
from streams.publication.words import day

FILES = (
    ("public/index.html", "what the public sees"),
    ("verification.txt", "the verification of the ledger, as below"),
    ("verification.json", "the same as JSON"),
    ("pack.json", "the points as JSON"),
)


def pack_page(evidence: Evidence, transcript: str) -> bytes:
    """Return the page in UTF-8; `transcript` is what the verification of the ledger printed."""
    publication = evidence.publication
    title = f"Compliance pack of the {publication.policy.policy.agency.name}"
    parts = [
        element("a", "Skip to the content", href="#main", class_="skip"),
        element("header", element("h1", title), _about(evidence)),
        element(
            "main",
            joined(_point(number, point) for number, point in numbered(points(evidence))),
            _transcript(transcript),
            id="main",
        ),
    ]
    return document(title, joined(parts))


def pack_json(evidence: Evidence) -> bytes:
    """Return the points as JSON."""
    plain = {
        "as_of": evidence.publication.as_of.isoformat(),
        "agency": evidence.publication.policy.policy.agency.name,
        "points": [asdict(point) for point in points(evidence)],
    }
    return orjson.dumps(plain, option=orjson.OPT_INDENT_2) + b"\n"


def _about(evidence: Evidence) -> Html:
    files = (element("li", element("a", name, href=name), f": {what}") for name, what in FILES)
    return joined(
        (
            element("p", f"As of {day(evidence.publication.as_of)}.", class_="muted"),
            element(
                "p",
                "For whoever audits the agency, and not for publication: small numbers are not hidden "
                "here. The points follow report 2019-118 of the State Auditor, and then Civ. Code "
                "1798.90.51 to .55.",
                class_="note",
            ),
            element("ul", *files),
        )
    )


def _point(number: str, point: Point) -> Html:
    parts = [
        element("h2", f"{number}. {point.asked}", id=f"point-{number}"),
        element("p", point.source, class_="muted"),
        *(paragraphs(text) for text in point.says),
        *(_listing(one, f"table-{number}-{place}") for place, one in enumerate(point.listings)),
    ]
    if point.not_here is not None:
        parts.append(element("p", f"Not in this record: {point.not_here}", class_="note"))
    return element("section", joined(parts), aria_labelledby=f"point-{number}")


def _listing(one: Listing, name: str) -> Html:
    if not one.rows:
        return element("p", f"{one.caption}: none.")
    return table(one.caption, one.head, ([*map(dates, row)] for row in one.rows), name)


def _transcript(transcript: str) -> Html:
    return element(
        "section",
        element("h2", "Verification of the ledger", id="verification"),
        element("p", "What `alpr-gate ledger verify` printed when this pack was made:"),
        element("pre", transcript, tabindex="0"),
        aria_labelledby="verification",
    )
