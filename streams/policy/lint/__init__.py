"""What is wrong with the agreements on record, or soon will be, found before a request meets it.

The gate fails closed: an agreement without its clause, or whose review is overdue, blocks. The State Auditor
(2019-118) found the opposite problem: hundreds of shares on record that nobody had evaluated or could
explain. These checks name both, one finding for each fact. An error is what is wrong with an agreement that
is active; the same is a warning where nothing leaves under it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from streams.policy.agreement import Agreement
from streams.policy.books import Books
from streams.policy.lint.dates import date_findings
from streams.policy.lint.evidence import evidence_findings
from streams.policy.lint.finding import Check, Finding, Level, finding_of
from streams.policy.lint.lawful import lawful_findings
from streams.policy.lint.live import live_findings
from streams.policy.lint.pairs import pair_findings
from streams.policy.vocabulary import AgreementId, AgreementStatus

# What has ended is history: nobody can or should put it right.
_PAST = frozenset({AgreementStatus.REVOKED, AgreementStatus.EXPIRED})
_RANK = {Level.ERROR: 0, Level.WARNING: 1}


def lint(
    books: Books, now: datetime, horizon: timedelta, used: frozenset[AgreementId] | None = None
) -> tuple[Finding, ...]:
    """Return the findings about the agreements of the books at `now`, errors first, then by agreement.

    `horizon` is how far ahead ends and reviews are told. `used` are the agreements that a decision names;
    None where there is no ledger to ask.
    """
    found = list(pair_findings(books))
    for terms in books.all_terms():
        agreement = terms.agreement
        if agreement.status not in _PAST:
            found += live_findings(books, terms, now)
            found += lawful_findings(books, agreement, now)
            found += evidence_findings(agreement)
            found += date_findings(agreement, now, horizon)
            found += _unused(agreement, now, used)
    return tuple(sorted(found, key=lambda one: (_RANK[one.level], one.agreement_id, one.check, one.field)))


def _unused(agreement: Agreement, now: datetime, used: frozenset[AgreementId] | None) -> Iterator[Finding]:
    if used is None or agreement.agreement_id in used or agreement.status is not AgreementStatus.ACTIVE:
        return
    # One that has not begun cannot have been used.
    if agreement.start <= now:
        message = f"no decision names it, and its term began on {agreement.start:%Y-%m-%d}: is it needed?"
        yield finding_of(agreement, Check.NEVER_USED, "agreement_id", message)
