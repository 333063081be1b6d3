"""Is there a live share in the agreement that never sends anything, and why?"""

from collections.abc import Iterator
from datetime import datetime

from streams.policy.books import Books
from streams.policy.lint.finding import Check, Finding, finding_of
from streams.policy.live.share import reasons_against
from streams.policy.terms import Terms
from streams.policy.vocabulary import AgreementStatus

# What other checks tell of the same agreement, or what time alone will end.
_TOLD = frozenset(
    {
        "AGREEMENT_NOT_YET_IN_FORCE", "AGREEMENT_EXPIRED", "AGREEMENT_NO_ONWARD_CLAUSE",
        "AGREEMENT_REVIEW_OVERDUE", "OBLIGATION_OVERDUE", "RECIPIENT_UNRESOLVED",
    }
)  # fmt: skip


def live_findings(books: Books, terms: Terms, now: datetime) -> Iterator[Finding]:
    """Yield what keeps an active agreement that says live feed from giving one."""
    policy = books.policy()
    if policy is None or terms.status is not AgreementStatus.ACTIVE or not terms.live_feed:
        return
    for reason in reasons_against(terms, books, policy, now):
        if reason.code not in _TOLD:
            message = f"its live feed sends nothing: {reason.message}"
            yield finding_of(terms.agreement, Check.LIVE_FEED_IDLE, reason.field, message)
            return
