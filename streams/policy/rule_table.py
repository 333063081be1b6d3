"""All rules in their order, and how one decision fared with each: from its reasons alone.

Every rule that was asked and failed is among the reasons on record, so one that is not there passed. But not
every rule was asked: there may have been no agreement, or nothing that could be judged.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from streams.policy.decision import Reason
from streams.policy.reasons import OF_NO_REQUEST, ROWS
from streams.policy.rules import AGREEMENT_RULES
from streams.policy.vocabulary import ReasonCode, Tier


class RuleState(StrEnum):
    """How a decision fared with one rule."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule: what it is, how the decision fared with it, and the reason when it failed."""

    code: ReasonCode
    tier: Tier
    clause: str
    state: RuleState
    reason: Reason | None = None


_OF_AGREEMENTS = frozenset(code for code, _ in AGREEMENT_RULES)


def rule_table(reasons: Sequence[Reason]) -> tuple[RuleRow, ...]:
    """Return a row for each rule that a request is asked, in rule order."""
    failed = {reason.code: reason for reason in reasons}
    unasked: Collection[ReasonCode] = ()
    if ReasonCode.EVALUATION_FAILED in failed:
        # What the rules before the one that broke had said was lost with it.
        unasked = ROWS.keys()
    elif ReasonCode.NO_AGREEMENT in failed:
        unasked = _OF_AGREEMENTS
    return tuple(
        _row(code, failed.get(code), is_asked=code not in unasked)
        for code in ROWS
        if code not in OF_NO_REQUEST
    )


def _row(code: ReasonCode, reason: Reason | None, *, is_asked: bool) -> RuleRow:
    row = ROWS[code]
    if reason is not None:
        # As it was recorded: the clauses of today may have other words.
        return RuleRow(
            code=code, tier=reason.tier, clause=reason.clause, state=RuleState.FAILED, reason=reason
        )
    state = RuleState.PASSED if is_asked else RuleState.NOT_ASKED
    return RuleRow(code=code, tier=row.tier, clause=row.clause, state=state)
