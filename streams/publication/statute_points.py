"""What Civ. Code 1798.90.51 to .55 asks, one function for each point, in the order of the statute."""

from streams.policy.policy_text import SECTIONS
from streams.policy.reasons import ROWS
from streams.policy.vocabulary import Tier
from streams.publication import listings
from streams.publication.pack import Evidence, Point
from streams.publication.report_points import POINTS as REPORT_POINTS
from streams.publication.report_points import ledger_words


def points(evidence: Evidence) -> tuple[Point, ...]:
    """Return all points: those of the Auditor's report, then those of the statute."""
    return (
        *(make(evidence) for make in REPORT_POINTS),
        safeguards(evidence),
        *posted_policy(evidence),
        *(make(evidence) for make in (access_records, public_comment, public_agencies_only)),
    )


def safeguards(evidence: Evidence) -> Point:  # noqa: ARG001  # every point is asked alike
    """1798.90.51(a), .53(a): reasonable security."""
    says = (
        "Whoever asks is authenticated, and every request is sealed by the intake. A forward and its record "
        "are committed together or not at all. Personal contents of the record are encrypted."
    )
    return Point(
        source="Civ. Code 1798.90.51(a), 1798.90.53(a)",
        asked="Which safeguards protect the information?",
        says=(says,),
        not_here="safeguards of buildings, networks and vendors.",
    )


def posted_policy(evidence: Evidence) -> tuple[Point, ...]:
    """1798.90.51(b), .53(b): a usage and privacy policy with its sections, posted."""
    sections = evidence.publication.text.sections
    return tuple(Point(source=one.clause, asked=one.heading, says=(sections[one.key],)) for one in SECTIONS)


def access_records(evidence: Evidence) -> Point:
    """1798.90.52: when, which data, who, for which organisation, for what purpose; at least five years."""
    return Point(
        source="Civ. Code 1798.90.52",
        asked="Is there a record of each access: when, what, who, for which organisation, why?",
        says=(ledger_words(evidence), "Without all of these a request is held, and nothing is released."),
        not_here="what is in the records. `alpr-gate ledger open` shows one, and puts that on record.",
    )


def public_comment(evidence: Evidence) -> Point:
    """1798.90.55(a): an opportunity for public comment before the programme begins."""
    text = evidence.publication.text.public_comment
    return Point(
        source="Civ. Code 1798.90.55(a)",
        asked="Was there an opportunity for public comment before the programme began?",
        says=() if text is None else (text,),
        not_here="when and where; the policy text does not say." if text is None else None,
    )


def public_agencies_only(evidence: Evidence) -> Point:
    """1798.90.55(b): nothing sold, and nothing shared but with public agencies."""
    refused = [
        (cell, count)
        for cell, count in evidence.counts.items()
        if cell[1] is not None and ROWS[cell[1]].tier is Tier.STATUTE
    ]
    return Point(
        source="Civ. Code 1798.90.55(b)",
        asked="Was nothing sold, and nothing shared but with public agencies?",
        says=(
            "The gate forwards to public agencies of California alone, and never for anything of value.",
            "What else leaves is ordered by legal process, signed by counsel, as the statute permits.",
            "Hosting and towing are no sharing. Who does that stands on a register, and is no recipient.",
        ),
        listings=(
            listings.counted("Refused or held because of the statute", refused),
            listings.disclosed(evidence.disclosures.items()),
            listings.processors(evidence),
        ),
        not_here="what is shared inside a vendor's product, or was given in another way.",
    )
