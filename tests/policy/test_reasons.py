import pytest

from streams.policy.reasons import OF_NO_REQUEST, ORDER, ROWS, refuse, refuse_with
from streams.policy.rules import AGREEMENT_RULES, FORCE_RULES, REQUEST_RULES
from streams.policy.vocabulary import ClearedBy, ReasonCode, Tier, Verdict

FOUND_WITH_STATE = {
    ReasonCode.EVALUATION_FAILED,
    ReasonCode.NO_AGREEMENT,
    ReasonCode.FOLLOWS_HELD_REQUEST,
    ReasonCode.RECIPIENT_UNAVAILABLE,
    ReasonCode.HOLD_EXPIRED,
    ReasonCode.REVIEW_DENIED,
    ReasonCode.REVIEW_REFUSED,
    ReasonCode.EXIGENT_WAITS,
    *OF_NO_REQUEST,
    ReasonCode.WITHDRAWN,
    ReasonCode.WITHDRAWAL_REFUSED,
}


def test_the_table_has_every_code_in_rule_order() -> None:
    assert list(ROWS) == list(ReasonCode)
    assert sorted(ORDER, key=lambda code: ORDER[code]) == list(ReasonCode)


def test_the_rules_stand_in_rule_order_and_leave_no_code_out() -> None:
    codes = [code for code, _ in (*REQUEST_RULES, *AGREEMENT_RULES)]
    assert codes == [code for code in ReasonCode if code not in FOUND_WITH_STATE]


def test_every_rule_says_in_its_docstring_what_it_demands() -> None:
    rules = [*(rule for _, rule in REQUEST_RULES), *(rule for _, rule in AGREEMENT_RULES)]
    assert all(rule.__doc__ for rule in rules)
    assert [rule.__name__.upper() for rule in rules] == [
        code for code, _ in (*REQUEST_RULES, *AGREEMENT_RULES)
    ]


def test_the_rules_of_force_are_those_about_the_agreement_itself() -> None:
    assert {code for code, _ in AGREEMENT_RULES} - FORCE_RULES == {
        ReasonCode.OBLIGATION_OVERDUE,
        ReasonCode.SCOPE_NOT_COVERED,
        ReasonCode.PURPOSE_NOT_COVERED,
    }


@pytest.mark.parametrize("code", list(ReasonCode))
def test_a_row_is_whole(code: ReasonCode) -> None:
    row = ROWS[code]
    # One tells what was let go; every other refuses.
    assert (row.verdict is Verdict.FORWARD) == (code is ReasonCode.DISCLOSURE_ORDERED)
    assert row.verdict is not Verdict.UNKNOWN
    assert row.tier is not Tier.UNKNOWN
    assert row.clause
    if row.verdict is Verdict.HOLD:
        assert row.cleared_by in {ClearedBy.SUPPLEMENT, ClearedBy.REVIEW}
    else:
        assert row.cleared_by in {ClearedBy.NOTHING, ClearedBy.EVIDENCE_HOLD}


def test_a_reason_has_the_fixed_part_of_its_row() -> None:
    reason = refuse(ReasonCode.CASE_NUMBER_MISSING, "case_number", "none")
    assert (reason.verdict, reason.tier, reason.cleared_by) == (
        Verdict.HOLD,
        Tier.AGENCY,
        ClearedBy.SUPPLEMENT,
    )


def test_a_hold_that_blocks_is_cleared_by_nothing() -> None:
    reason = refuse_with(Verdict.BLOCK, ReasonCode.ON_BEHALF_OF_ANOTHER, "reason_text", "x")
    assert (reason.verdict, reason.cleared_by) == (Verdict.BLOCK, ClearedBy.NOTHING)
