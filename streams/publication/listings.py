"""The tables of the compliance pack."""

from collections.abc import Iterable, Sequence

from streams.policy.lint.finding import Check
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
