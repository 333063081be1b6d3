"""How reasons become one verdict. The table is the whole of it."""

from collections.abc import Sequence

from streams.policy.decision import Reason
from streams.policy.vocabulary import ReasonCode, Verdict

# Named here because looking a member up on its enum costs as much as the rest of it.
_FORWARD = Verdict.FORWARD
# The first row whose verdict is among the reasons wins; a verdict that no row knows blocks.
PRECEDENCE: tuple[tuple[Verdict, Verdict], ...] = (
    (Verdict.UNKNOWN, Verdict.BLOCK),  # what cannot be read refuses
    (Verdict.FORWARD, Verdict.BLOCK),  # a reason is never a permission
    (Verdict.BLOCK, Verdict.BLOCK),  # any block blocks
    (Verdict.HOLD, Verdict.HOLD),  # else any hold holds
)


def combine(reasons: Sequence[Reason]) -> Verdict:
    """Return the verdict of all reasons together: forward only when there is none.

    More reasons never make it milder: a rule that is added can turn forward into block and never the reverse.
    """
    if not reasons:
        return _FORWARD
    # By table and not by comparison: a verdict of a newer version must find a row, and that row blocks.
    given = {reason.verdict for reason in reasons}
    return next(whole for single, whole in PRECEDENCE if single in given)


def leading(reasons: Sequence[Reason], verdict: Verdict) -> ReasonCode | None:
    """Return the code of the first reason whose verdict is that of the whole."""
    if not reasons:
        return None
    return next((reason.code for reason in reasons if reason.verdict is verdict), None)
