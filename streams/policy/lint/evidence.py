"""The papers that an agreement needs: reviewed contract, clause, evaluation of need, signatory, digest.

Sources: LAPD Special Order 31 (contracts reviewed, with a clause against sharing outside the agency); State
Auditor 2019-118, recommendation 32 (need considered, records kept apart from the vendor's system).
"""

from collections.abc import Iterator

from streams.policy.agreement import Agreement
from streams.policy.lint.finding import Check, Finding, finding_of, warning_of
from streams.policy.names import is_blank

_MISSING = Check.EVIDENCE_MISSING


def evidence_findings(agreement: Agreement) -> Iterator[Finding]:
    """Yield each paper that is not on record; those without which the gate blocks come first."""
    yield from _contract(agreement)
    need = agreement.need_evaluation
    if need is None or is_blank(need.by) or is_blank(need.text):
        message = "no evaluation of need and right to know is on record (State Auditor, recommendation 32)"
        yield finding_of(agreement, _MISSING, "need_evaluation", message)
    if all(is_blank(signatory) for signatory in agreement.signed_by):
        yield finding_of(agreement, _MISSING, "signed_by", "nobody signed it")
    # What shows that paper and record are one; the gate does not ask for them.
    if is_blank(agreement.counterparty_signatory):
        message = "who signed for the recipient is not on record"
        yield warning_of(agreement, _MISSING, "counterparty_signatory", message)
    if is_blank(agreement.contract_digest):
        message = "no digest ties it to the contract on paper"
        yield warning_of(agreement, _MISSING, "contract_digest", message)


def _contract(agreement: Agreement) -> Iterator[Finding]:
    review = agreement.contract_reviewed
    if review is None or is_blank(review.by):
        message = "no review of the contract is on record, so the gate blocks (Special Order 31)"
        yield finding_of(agreement, _MISSING, "contract_reviewed", message)
    if not agreement.onward_sharing_prohibited:
        message = "it has no clause against sharing onward, so the gate blocks (Special Order 31)"
        yield finding_of(agreement, _MISSING, "onward_sharing_prohibited", message)
    for field, text in (
        ("clause_text", agreement.clause_text),
        ("clause_reference", agreement.clause_reference),
    ):
        if is_blank(text):
            message = "the clause against sharing onward is not on record, so the gate blocks"
            yield finding_of(agreement, _MISSING, field, message)
