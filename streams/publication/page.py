"""The public page: one file of HTML without scripts and without anything from elsewhere."""

from collections.abc import Iterator

from streams.policy.durations import duration_words
from streams.policy.policy_text import SECTIONS
from streams.publication.document import document
from streams.publication.html import Html, dates, element, joined, paragraphs, table
from streams.publication.page_counts import counts_section
from streams.publication.page_partners import partners_section
from streams.publication.process import UNSEEN, process
from streams.publication.publication import Publication
from streams.publication.recipients import Recipient
from streams.publication.words import (
    day,
    listed,
    networks,
    term,
    words,
)

PARTS = (
    ("recipients", "Agencies that receive licence-plate information"),
    ("stopped", "Agreements under which nothing is shared now"),
    ("processors", "Who holds licence-plate information for this agency"),
    ("process", "How a request is handled"),
    ("counts", "Requests and decisions"),
    ("policy", "Usage and privacy policy"),
    ("unseen", "What this page cannot show"),
    ("source", "Where this comes from"),
)
FILES = (
    ("publication.json", "everything on this page, as JSON"),
    ("recipients.csv", "agencies and agreements, as a table"),
    ("processors.csv", "who holds information for this agency, as a table"),
    ("requests.csv", "requests and decisions of all quarters, as a table"),
    ("disclosures.csv", "disclosures by legal process of all quarters, as a table"),
)


def page(publication: Publication) -> bytes:
    """Return the page in UTF-8."""
    name = publication.policy.policy.agency.name
    title = f"Licence-plate information: sharing by the {name}"
    return document(title, joined(_body(publication, title)))


def _body(publication: Publication, title: str) -> Iterator[Html]:
    yield element("a", "Skip to the content", href="#main", class_="skip")
    yield element(
        "header",
        element("h1", title),
        element(
            "p",
            f"As of {day(publication.as_of)} ({publication.as_of:%Y-%m-%d %H:%M:%S} UTC).",
            class_="muted",
        ),
    )
    links = (element("li", element("a", heading, href=f"#{name}")) for name, heading in PARTS)
    yield element("nav", element("ul", *links), aria_label="On this page")
    contents = (
        _recipients(publication),
        _stopped(publication),
        _processors(publication),
        _process(publication),
        joined((counts_section(publication.quarters), partners_section(publication.partners))),
        _policy(publication),
        _unseen(publication),
        _source(publication),
    )
    sections = (
        element("section", element("h2", heading, id=name), content, aria_labelledby=name)
        for (name, heading), content in zip(PARTS, contents, strict=True)
    )
    yield element("main", joined(sections), id="main")
    if publication.text.contact is not None:
        yield element("footer", element("h2", "Contact"), paragraphs(publication.text.contact))


def _recipients(publication: Publication) -> Html:
    sharing = publication.sharing
    if not sharing:
        return element("p", "None. No agreement is in force under which information could be shared.")
    names = {one.entity.entity_id for one in sharing}
    count = "1 agency" if len(names) == 1 else f"{len(names)} agencies"
    head = ("Agency", "Class", "Agreement", "Term", "Information", "Scopes", "Purposes", "Last review")
    return joined(
        (
            element(
                "p",
                f"{count} can receive licence-plate information, each on request or as its agreement says.",
            ),
            table("In force", head, map(_recipient_row, sharing), "recipients-table"),
        )
    )


def _recipient_row(one: Recipient) -> tuple[str, ...]:
    terms, agreement = one.terms, one.terms.agreement
    begin, end = term(terms)
    live = "; also live" if terms.live_feed else ""
    return (
        one.entity.name,
        words(one.entity.entity_class),
        _agreement(one),
        dates(f"{begin} until {end}"),
        (
            f"{listed(terms.data_types)}{live}; networks: {networks(terms)}; "
            f"not older than {duration_words(agreement.max_record_age)}"
        ),
        listed(terms.scopes),
        listed(terms.purposes),
        dates("none" if terms.reviewed_at is None else day(terms.reviewed_at)),
    )


def _agreement(one: Recipient) -> Html:
    lender = "" if one.lender is None else f" with {one.lender.name}"
    return joined((element("code", one.terms.agreement_id), f"version {one.terms.version}{lender}"))


def _stopped(publication: Publication) -> Html:
    if not publication.stopped:
        return element("p", "None.")
    rows = (
        (
            one.entity.name,
            words(one.entity.entity_class),
            _agreement(one),
            dates(" until ".join(term(one.terms))),
            one.stopped or "",
        )
        for one in publication.stopped
    )
    return table(
        "Suspended, ended or barred", ("Agency", "Class", "Agreement", "Term", "Why"), rows, "stopped-table"
    )


def _processors(publication: Publication) -> Html:
    if not publication.processors:
        return element("p", "Nobody is on record.")
    rows = (
        (
            one.name,
            words(one.kind),
            one.purpose,
            listed(one.holds),
            dates("none" if one.clause_reviewed is None else day(one.clause_reviewed.at)),
        )
        for one in publication.processors
    )
    told = (
        "These work for the agency under a contract. They are no recipients: the law does not count hosting "
        "and towing as sharing, and the gate forwards nothing to them."
    )
    head = ("Name", "Kind", "What for", "Information", "Last review")
    return joined((element("p", told), table("Under contract", head, rows, "processors-table")))


def _process(publication: Publication) -> Html:
    return joined(
        (
            element("ol", *(element("li", step) for step in process(publication.policy))),
            element("p", "In the agency's own words:"),
            paragraphs(publication.text.sections["sharing_process"]),
        )
    )


def _policy(publication: Publication) -> Html:
    policy, text = publication.policy, publication.text
    parts: list[Html] = []
    for section in SECTIONS:
        parts.append(element("h3", section.heading))
        parts.append(element("p", section.clause, class_="muted"))
        parts.append(paragraphs(text.sections[section.key]))
        if section.key == "authorised_purposes":
            parts.append(
                element("p", f"What the gate lets through: {listed(policy.purposes)}.", class_="note")
            )
        if section.key == "retention":
            rules = policy.policy
            visible, kept = duration_words(rules.visible_for), duration_words(rules.retained_for)
            applied = (
                f"What the gate applies: nothing older than {visible} is shared unless it is held as evidence"
            )
            parts.append(
                element("p", f"{applied}, and nothing at all that is older than {kept}.", class_="note")
            )
    if text.public_comment is not None:
        parts.append(element("h3", "Public comment"))
        parts.append(element("p", "Civ. Code 1798.90.55(a)", class_="muted"))
        parts.append(paragraphs(text.public_comment))
    return joined(parts)


def _unseen(publication: Publication) -> Html:
    items = [element("li", text) for text in UNSEEN]
    if publication.unreadable:
        lost = f"{publication.unreadable} entries of the books cannot be read. Nothing is shared under them."
        items.append(element("li", lost))
    return joined(
        (element("p", "The gate sees what is sent through it, and nothing else:"), element("ul", *items))
    )


def _source(publication: Publication) -> Html:
    heads = (
        element("li", f"partition {one.partition}: ", element("code", one.hash or "nothing yet"))
        for one in publication.heads
    )
    files = (element("li", element("a", name, href=name), f": {what}") for name, what in FILES)
    return joined(
        (
            element(
                "p",
                "Made from the agency's record of agreements and from its ledger of decisions, which was "
                "verified. Whoever makes it again from the same records gets the same page, byte for byte.",
            ),
            element("p", "Policy in force: ", element("code", publication.policy.policy_hash)),
            element("p", "Last record of each partition of the ledger:"),
            element("ul", *heads),
            element("p", "The same as data:"),
            element("ul", *files),
        )
    )
