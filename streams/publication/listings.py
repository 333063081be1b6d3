"""The tables of the compliance pack."""

from collections import Counter
from collections.abc import Iterable, Sequence

from streams.policy.lint.finding import Check
from streams.policy.user import Lack, lacks_of
from streams.publication.counts import Cell, DisclosureCell
from streams.publication.pack import Evidence, Listing
from streams.publication.recipients import Recipient
from streams.publication.words import DISCLOSED, VERDICTS, day, listed, term, words


def findings(evidence: Evidence, caption: str, *checks: Check) -> Listing:
    """Return what lint finds by these checks."""
    rows = [
        (one.agreement_id, one.level.value, words(one.check), one.message)
        for one in evidence.lacking(*checks)
    ]
    return Listing(caption=caption, head=("Agreement", "Level", "Found", "What"), rows=rows)


def classes(evidence: Evidence) -> Listing:
    """Return every entity with its class and the evidence for it; who checked it stays on the books."""
    rows = [
        (
            one.name,
            words(one.entity_class),
            one.jurisdiction,
            one.evidence.source,
            day(one.evidence.verified_at),
        )
        for one in evidence.entities()
    ]
    head = ("Entity", "Class", "Where", "Evidence", "Checked")
    return Listing(caption="The registry", head=head, rows=rows)


def sharing(found: Iterable[Recipient]) -> Listing:
    """Return whom something is shared with."""
    rows = [
        (
            one.entity.name,
            one.terms.agreement_id,
            " until ".join(term(one.terms)),
            listed(one.terms.purposes),
            "no" if one.terms.agreement.need_evaluation is None else "yes",
        )
        for one in found
    ]
    head = ("Entity", "Agreement", "Term", "Purposes", "Need evaluated")
    return Listing(caption="In force", head=head, rows=rows)


def processors(evidence: Evidence) -> Listing:
    """Return every processor, those whose contract has ended too; who reviewed it stays on the books."""
    rows = [
        (
            one.name,
            words(one.kind),
            one.status.value,
            one.purpose,
            listed(one.holds),
            one.contract_reference or "none",
            "none" if one.clause_reviewed is None else day(one.clause_reviewed.at),
        )
        for one in evidence.books.processors.all()
    ]
    head = ("Processor", "Kind", "Status", "What for", "Holds", "Contract", "Clause reviewed")
    return Listing(caption="The register of processors", head=head, rows=rows)


def contracts(evidence: Evidence) -> Listing:
    """Return what the contracts with processors lack."""
    rows = [(one.name, one.level.value, words(one.check), one.message) for one in evidence.contracts]
    head = ("Processor", "Level", "Found", "What")
    return Listing(caption="What contracts with processors lack", head=head, rows=rows)


def lacks(evidence: Evidence) -> Listing:
    """Return how many active users lack what; nobody is named."""
    now = evidence.publication.as_of
    counts = Counter(lack for one in evidence.active_users() for lack in lacks_of(one, now))
    rows = [(str(lack), f"{counts[lack]:,}") for lack in Lack if counts[lack]]
    return Listing(caption="What active users lack", head=("Lack", "Users"), rows=rows)


def stopped(found: Iterable[Recipient]) -> Listing:
    """Return whom nothing is shared with any more, or not yet."""
    rows: Sequence[Sequence[str]] = [
        (one.entity.name, one.terms.agreement_id, one.stopped or "") for one in found
    ]
    return Listing(caption="Nothing is shared under these", head=("Entity", "Agreement", "Why"), rows=rows)


def counted(caption: str, counts: Iterable[tuple[Cell, int]]) -> Listing:
    """Return numbers of decisions, the largest first."""
    rows = [
        (VERDICTS[verdict], reason or "-", f"{count:,}")
        for (verdict, reason), count in sorted(counts, key=lambda item: (-item[1], str(item[0])))
    ]
    return Listing(caption=caption, head=("Decision", "First reason", "Number"), rows=rows)


def disclosed(counts: Iterable[tuple[DisclosureCell, int]]) -> Listing:
    """Return numbers of disclosures by legal process, the largest first."""
    rows = [
        (words(kind), DISCLOSED[verdict], f"{count:,}")
        for (kind, verdict), count in sorted(counts, key=lambda item: (-item[1], str(item[0])))
    ]
    return Listing(caption="By legal process", head=("Authority", "Became", "Number"), rows=rows)
