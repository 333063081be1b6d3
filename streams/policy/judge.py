"""Asks the rules: first of the request, then of each agreement the recipient may use."""

from collections.abc import Sequence
from typing import NamedTuple

from streams.policy.case import Case
from streams.policy.decision import Reason
from streams.policy.eligibility import BAR_CODES
from streams.policy.rules import AGREEMENT_RULES, FORCE_RULES, REQUEST_RULES
from streams.policy.rules.agreement import no_agreement
from streams.policy.terms import Terms
from streams.policy.vocabulary import AgreementId

_REQUEST = tuple(rule for _, rule in REQUEST_RULES)
# A recipient that nothing bars cannot fail the rules about bars.
_REQUEST_OF_ELIGIBLE = tuple(rule for code, rule in REQUEST_RULES if code not in BAR_CODES)
_AGREEMENT = tuple(rule for _, rule in AGREEMENT_RULES)
_COVERAGE = tuple(rule for code, rule in AGREEMENT_RULES if code not in FORCE_RULES)


class Judgement(NamedTuple):
    """All that failed, in rule order, and the agreement that satisfies or comes nearest."""

    reasons: tuple[Reason, ...]
    terms: Terms | None


def judge(case: Case, only: AgreementId | None = None) -> Judgement:
    """Return what the rules say; of the one agreement alone, where one is named.

    INVARIANT: without a reason there is one agreement that alone satisfies every agreement rule.
    """
    standing = case.standing
    rules = _REQUEST if standing is None or standing.bars else _REQUEST_OF_ELIGIBLE
    failures = [reason for rule in rules if (reason := rule(case)) is not None]
    # Also after a failure: the record names all that was wrong, so nobody mends one thing to meet the next.
    candidates = () if standing is None else standing.terms
    if only is not None:
        candidates = tuple(terms for terms in candidates if terms.agreement_id == only)
    lacking, terms = nearest(case, candidates)
    return Judgement((*failures, *lacking) if failures else lacking, terms)


def nearest(case: Case, candidates: Sequence[Terms]) -> tuple[tuple[Reason, ...], Terms | None]:
    """Return the agreement with the fewest failures, ties by id, and its failures; none is a failure.

    The fewest failures make the most useful answer; which agreement is named changes no verdict.
    """
    best: tuple[tuple[Reason, ...], Terms] | None = None
    # One alone must satisfy every rule: two agreements that cover it only together cover nothing.
    for terms in candidates:
        lacking = failures_of(case, terms)
        if not lacking:
            return (), terms
        # Fewer, not as few: the candidates come by id, so the first of equals stays, at every replay.
        if best is None or len(lacking) < len(best[0]):
            best = lacking, terms
    return best if best is not None else ((no_agreement(case),), None)


def failures_of(case: Case, terms: Terms) -> tuple[Reason, ...]:
    """Return every agreement rule that this one agreement fails, in rule order."""
    rules = _COVERAGE if terms.in_force(case.now, case.request.requested_at or case.now) else _AGREEMENT
    return tuple([reason for rule in rules if (reason := rule(case, terms)) is not None])
