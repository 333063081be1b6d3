from dataclasses import replace

import pytest

from streams.policy.decision import Reason
from streams.policy.reasons import refuse
from streams.policy.verdicts import PRECEDENCE, combine, leading
from streams.policy.vocabulary import ReasonCode, Verdict

A_BLOCK = refuse(ReasonCode.NO_AGREEMENT, "x", "x")
A_HOLD = refuse(ReasonCode.CLOCK_SKEW, "x", "x")
A_FORWARD = replace(A_HOLD, verdict=Verdict.FORWARD)
A_MYSTERY = replace(A_HOLD, verdict=Verdict.UNKNOWN)


@pytest.mark.parametrize(
    ("reasons", "verdict", "code"),
    [
        ((), Verdict.FORWARD, None),
        ((A_HOLD,), Verdict.HOLD, ReasonCode.CLOCK_SKEW),
        ((A_HOLD, A_BLOCK), Verdict.BLOCK, ReasonCode.NO_AGREEMENT),
        ((A_BLOCK, A_HOLD), Verdict.BLOCK, ReasonCode.NO_AGREEMENT),
        ((A_FORWARD,), Verdict.BLOCK, None),
        ((A_HOLD, A_MYSTERY), Verdict.BLOCK, None),
    ],
)
def test_reasons_become_one_verdict(
    reasons: tuple[Reason, ...], verdict: Verdict, code: ReasonCode | None
) -> None:
    assert combine(reasons) is verdict
    assert leading(reasons, verdict) is code


def test_the_table_knows_every_verdict_and_forwards_none() -> None:
    assert {single for single, _ in PRECEDENCE} == set(Verdict)
    assert Verdict.FORWARD not in {whole for _, whole in PRECEDENCE}
