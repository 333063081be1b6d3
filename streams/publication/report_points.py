"""What the State Auditor's report 2019-118 asks, one function for each point, in the order of the report."""

from streams.policy.durations import duration_words
from streams.policy.lint.finding import Check
from streams.policy.user import lacks_of
from streams.policy.vocabulary import RecordKind
from streams.publication import listings
from streams.publication.pack import Evidence, Point
from streams.publication.process import process
from streams.publication.words import day

_AUDITOR = "State Auditor 2019-118"


def need(evidence: Evidence) -> Point:
    """Three of four agencies shared with hundreds of entities without evidence of need or right to know."""
    sharing = evidence.publication.sharing
    evaluated = sum(one.terms.agreement.need_evaluation is not None for one in sharing)
    papers = (Check.EVIDENCE_MISSING, Check.UNLAWFUL, Check.ENTITY_UNKNOWN, Check.NEVER_USED)
    return Point(
        source=f"{_AUDITOR}, findings",
        asked="Is there evidence of need and of the right to know for each entity that receives?",
        says=(f"Of {len(sharing)} shares in force, {evaluated} have an evaluation of need on record.",),
        listings=(listings.findings(evidence, "What agreements lack, and which nobody used", *papers),),
    )


def identified(evidence: Evidence) -> Point:
    """One listed entity could not be identified at all."""
    says = (
        "A recipient is one entity of the registry, by its exact name. Each has its legal class with the "
        "source and the day on which it was checked. A class is never read from a name."
    )
    return Point(
        source=f"{_AUDITOR}, findings",
        asked="Can every entity be identified?",
        says=(says,),
        listings=(listings.classes(evidence),),
    )


def searches(evidence: Evidence) -> Point:
    """None of the four audited its searches."""
    text = evidence.publication.text.sections
    return Point(
        source=f"{_AUDITOR}, findings; recommendation 25",
        asked="How often is audited, by whom and how, and are the audits kept?",
        says=(text["periodic_audits"], text["monitoring"]),
        not_here="searches inside a vendor's product, which have to be audited there; earlier audits.",
    )


def vendors(evidence: Evidence) -> Point:
    """Contracts with cloud vendors lacked guarantees."""
    return Point(
        source=f"{_AUDITOR}, findings",
        asked="Do the contracts with cloud vendors guarantee what they must?",
        says=(f"On the register are {len(evidence.books.processors.all())} processors.",),
        listings=(listings.contracts(evidence),),
        not_here="the contracts themselves. Their references and digests stand on the register.",
    )


def accounts(evidence: Evidence) -> Point:
    """13,000 people had access at one agency, and accounts were not looked after."""
    users, now = evidence.active_users(), evidence.publication.as_of
    in_order = sum(not lacks_of(one, now) for one in users)
    says = (
        f"Of {len(users)} active users in the user book, {in_order} may push: authorised in writing, "
        "trained, and active or reoriented within a year. A push by anybody else is blocked."
    )
    return Point(
        source=f"{_AUDITOR}, findings",
        asked="Are those with access authorised and trained, and are accounts looked after?",
        says=(says,),
        listings=(listings.lacks(evidence),),
        not_here="accounts of a vendor's product that are in no book here.",
    )


def entities_and_process(evidence: Evidence) -> Point:
    """Recommendation 18: list the entities, and the process for handling requests."""
    publication = evidence.publication
    return Point(
        source=f"{_AUDITOR}, recommendation 18",
        asked="Which entities receive information, and by which process are requests handled?",
        says=("Both are published; see the folder `public`.", *process(publication.policy)),
        listings=(listings.sharing(publication.sharing),),
    )


def reviewed(evidence: Evidence) -> Point:
    """Recommendation 31: review all current entities, and suspend what is inappropriate."""
    return Point(
        source=f"{_AUDITOR}, recommendation 31",
        asked="Was every current entity reviewed, and were inappropriate shares stopped?",
        says=(f"Agreements whose start is on nobody's record: {len(evidence.legacy())}.",),
        listings=(
            listings.stopped(evidence.publication.stopped),
            listings.findings(
                evidence, "Overdue", Check.REVIEW_OVERDUE, Check.ENDED, Check.OBLIGATION_OVERDUE
            ),
        ),
    )


def own_record(evidence: Evidence) -> Point:
    """Recommendation 32: records apart from the vendor's system, of when and with whom was shared."""
    return Point(
        source=f"{_AUDITOR}, recommendation 32",
        asked="Is there a record, apart from the vendor's system, of when and with whom was shared?",
        says=(ledger_words(evidence), "`verification.txt` says whether it was changed or lacks something."),
        listings=(listings.counted("All requests ever decided", evidence.counts.items()),),
    )


def retention(evidence: Evidence) -> Point:
    """Recommendations 7 and 19: evaluate retention anew at least every two years."""
    publication = evidence.publication
    rules = publication.policy.policy
    applied = (
        f"The gate shares nothing older than {duration_words(rules.visible_for)} unless it is held as "
        f"evidence, and nothing older than {duration_words(rules.retained_for)}."
    )
    return Point(
        source=f"{_AUDITOR}, recommendations 7 and 19",
        asked="How long is information kept, and is that evaluated anew every two years?",
        says=(publication.text.sections["retention"], applied),
        not_here="when retention was last evaluated.",
    )


def ledger_words(evidence: Evidence) -> str:
    """Return what the ledger holds, in one sentence."""
    kinds = evidence.kinds
    since = "" if evidence.first is None else f" since {day(evidence.first)}"
    return (
        f"The ledger has {kinds.total():,} records{since}: {kinds[RecordKind.DECISION]:,} decisions, "
        f"{kinds[RecordKind.REPEAT]:,} repeats, {kinds[RecordKind.RESOLUTION]:,} ends of holds, "
        f"{kinds[RecordKind.DISCLOSURE]:,} on legal process and "
        f"{kinds[RecordKind.MALFORMED]:,} of what could not be read; the others begin partitions or pass on "
        "what came to a wrong one."
    )


POINTS = (
    need, identified, searches, accounts, vendors, entities_and_process, reviewed, own_record, retention,
)  # fmt: skip
