"""The publication as tables and as JSON, for whoever wants to work with it."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

import orjson

from streams.policy.policy_text import SECTIONS
from streams.policy.processor import Processor
from streams.publication.counts import Cell, Counted, DisclosureCell
from streams.publication.partner_counts import PartnerQuarter
from streams.publication.process import UNSEEN, process
from streams.publication.publication import Publication
from streams.publication.recipients import Recipient
from streams.publication.words import day, networks, term

FORMAT = 1
# Spreadsheets take a cell that begins with one of these for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
RECIPIENT_COLUMNS = (
    "entity_id", "name", "class", "agreement_id", "agreement_version", "shared_now", "why_not",
    "agreement_with", "from", "until", "data_types", "scopes", "networks", "purposes", "max_record_age",
    "live_feed", "last_review", "next_review",
)  # fmt: skip
PROCESSOR_COLUMNS = ("processor_id", "name", "kind", "purpose", "holds", "last_review", "next_review")
COUNT_COLUMNS = ("quarter", "of", "verdict", "leading_reason", "count")
DISCLOSURE_COLUMNS = ("quarter", "authority", "verdict", "count")
HIDDEN = "hidden"


def recipients_csv(publication: Publication) -> bytes:
    """Return a row for each entity and agreement."""
    return _csv(RECIPIENT_COLUMNS, (list(plain_recipient(one).values()) for one in publication.recipients))


def processors_csv(publication: Publication) -> bytes:
    """Return a row for each processor whose contract runs."""
    rows = (list(plain_processor(one).values()) for one in publication.processors)
    return _csv(PROCESSOR_COLUMNS, rows)


def counts_csv(publication: Publication) -> bytes:
    """Return a row for each count; `hidden` stands where a number is not shown."""
    rows = [
        (str(one.quarter), of, *row)
        for one in publication.quarters
        for of, counted in (("requests", one.requests), ("ended_holds", one.resolutions))
        for row in _count_rows(counted)
    ]
    return _csv(COUNT_COLUMNS, rows)


def disclosures_csv(publication: Publication) -> bytes:
    """Return a row for each count of legal process; `hidden` stands where a number is not shown."""
    rows = [
        (str(one.quarter), *cell, HIDDEN if count is None else count)
        for one in publication.quarters
        for cell, count in (*one.disclosures.cells.items(), (("total", ""), one.disclosures.total))
        if one.disclosures.cells
    ]
    return _csv(DISCLOSURE_COLUMNS, rows)


def _count_rows(counted: Counted[Cell]) -> Iterable[tuple[str, str, object]]:
    for (verdict, reason), count in counted.cells.items():
        yield verdict.value, "" if reason is None else reason.value, HIDDEN if count is None else count
    yield "total", "", HIDDEN if counted.total is None else counted.total


def publication_json(publication: Publication) -> bytes:
    """Return everything that is published, as JSON with its keys in order; null is a number not shown."""
    policy = publication.policy.policy
    plain = {
        "format": FORMAT,
        "as_of": publication.as_of.isoformat(),
        "agency": policy.agency.name,
        "policy_hash": publication.policy.policy_hash,
        "policy_text": {section.key: publication.text.sections[section.key] for section in SECTIONS},
        "public_comment": publication.text.public_comment,
        "contact": publication.text.contact,
        "authorised_purposes": sorted(publication.policy.purposes),
        "process": process(publication.policy),
        "not_seen": UNSEEN,
        "recipients": [plain_recipient(one) for one in publication.recipients],
        "processors": [plain_processor(one) for one in publication.processors],
        "quarters": [
            {
                "quarter": str(one.quarter),
                "requests": _plain_counts(one.requests),
                "ended_holds": _plain_counts(one.resolutions),
                "disclosures": _plain_disclosures(one.disclosures),
            }
            for one in publication.quarters
        ],
        "partner_searches": None if publication.partners is None else _plain_partners(publication.partners),
        "ledger_heads": [{"partition": one.partition, "hash": one.hash} for one in publication.heads],
        "unreadable_entries_of_the_books": publication.unreadable,
    }
    return orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _plain_partners(partners: Iterable[PartnerQuarter]) -> list[dict[str, object]]:
    return [
        {"quarter": str(one.quarter), "searches": one.accesses, "unexplained": one.unexplained}
        for one in partners
    ]


def plain_recipient(one: Recipient) -> dict[str, object]:
    """Return an entity under an agreement as plain values, in the order of the columns."""
    terms, (begin, end) = one.terms, term(one.terms)
    values = (
        one.entity.entity_id, one.entity.name, one.entity.entity_class.value, terms.agreement_id,
        terms.version, one.stopped is None, one.stopped or "", "" if one.lender is None else one.lender.name,
        begin, end, " ".join(sorted(terms.data_types)), " ".join(sorted(terms.scopes)), networks(terms),
        " ".join(sorted(terms.purposes)), terms.agreement.max_record_age, terms.live_feed,
        _day(terms.reviewed_at), _day(terms.review_due),
    )  # fmt: skip
    return dict(zip(RECIPIENT_COLUMNS, values, strict=True))


def plain_processor(one: Processor) -> dict[str, object]:
    """Return a processor as plain values, in the order of the columns; who reviewed it stays on the books."""
    review = one.clause_reviewed
    values = (
        one.processor_id, one.name, one.kind.value, one.purpose, " ".join(sorted(one.holds)),
        "" if review is None else day(review.at), "" if review is None else day(review.due),
    )  # fmt: skip
    return dict(zip(PROCESSOR_COLUMNS, values, strict=True))


def _plain_disclosures(counted: Counted[DisclosureCell]) -> dict[str, object]:
    cells = [
        {"authority": authority.value, "verdict": verdict.value, "count": count}
        for (authority, verdict), count in counted.cells.items()
    ]
    return {"cells": cells, "total": counted.total}


def _plain_counts(counted: Counted[Cell]) -> dict[str, object]:
    cells = [
        {"verdict": verdict.value, "leading_reason": reason and reason.value, "count": count}
        for (verdict, reason), count in counted.cells.items()
    ]
    return {"cells": cells, "total": counted.total}


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _cell(value: object) -> str:
    text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _day(instant: datetime | None) -> str:
    return "" if instant is None else day(instant)
