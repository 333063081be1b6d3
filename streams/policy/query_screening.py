"""What is wrong with a search, by everything that is known of it: pure, total, and never a refusal.

Whoever searches in a vendor's system is not stopped here; the findings stand on the access record and go to
the security team. That nothing is found proves little: a log tells what its vendor lets it tell.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from streams.policy.books import BooksView
from streams.policy.policy_in_force import PolicyInForce
from streams.policy.query_checks.access import access_record_incomplete, user_not_authorised
from streams.policy.query_checks.breadth import case_number_missing, retention_exceeded, selector_too_broad
from streams.policy.query_checks.case import QueryCase
from streams.policy.query_checks.purpose import (
    on_behalf_of_another,
    prohibited_purpose,
    purpose_not_authorised,
    purpose_unspecific,
    text_needs_review,
)
from streams.policy.query_event import QueryEvent
from streams.policy.query_finding import QueryFinding
from streams.policy.reasons import ORDER
from streams.policy.vocabulary import ReasonCode

Check = Callable[[QueryCase], Iterator[QueryFinding]]

CHECKS: tuple[Check, ...] = (
    access_record_incomplete,
    on_behalf_of_another,
    prohibited_purpose,
    text_needs_review,
    purpose_unspecific,
    user_not_authorised,
    purpose_not_authorised,
    case_number_missing,
    selector_too_broad,
    retention_exceeded,
)

# What can be found, in the order of the rules.
FINDABLE = (
    ReasonCode.ACCESS_RECORD_INCOMPLETE,
    ReasonCode.ON_BEHALF_OF_ANOTHER,
    ReasonCode.COMMERCIAL_PURPOSE,
    ReasonCode.PROHIBITED_PURPOSE_IMMIGRATION,
    ReasonCode.PROHIBITED_PURPOSE_PROTECTED_CARE,
    ReasonCode.REASON_NEEDS_REVIEW,
    ReasonCode.PURPOSE_UNSPECIFIC,
    ReasonCode.USER_NOT_AUTHORISED,
    ReasonCode.PURPOSE_NOT_AUTHORISED,
    ReasonCode.CASE_NUMBER_MISSING,
    ReasonCode.SELECTOR_TOO_BROAD,
    ReasonCode.RETENTION_EXCEEDED,
    ReasonCode.LOGICALLY_DELETED,
)


def screen_query(
    event: QueryEvent, books: BooksView, policy: PolicyInForce, now: datetime
) -> tuple[QueryFinding, ...]:
    """Return everything that is found about the search, in the order of the rules; nothing is a good sign.

    It is judged by the books as they stand, as of the instant of the search.
    """
    case = QueryCase(event=event, books=books, policy=policy, now=now)
    findings = [finding for check in CHECKS for finding in check(case)]
    return tuple(sorted(findings, key=lambda finding: ORDER[finding.code]))
