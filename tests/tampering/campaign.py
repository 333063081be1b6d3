"""The campaign of tampering: ten thousand edits of ledgers, and as many ledgers that nobody edited."""

from collections import Counter
from collections.abc import Iterable
from random import Random

from tests.faults.outcome import Outcome
from tests.tampering.edits import EDITS
from tests.tampering.trial import of_clean, of_edit

WHOLE = 10_000


async def tampering(dice: Random, scale: float) -> Iterable[Outcome]:
    """Edit ledgers and look at clean ones; a wrong verdict counts as a lost request."""
    count = max(len(EDITS), round(WHOLE * scale))
    names = dice.choices(tuple(EDITS), k=count)
    missed = sum(any(list(of_edit(name, dice))) for name in names)
    accused = sum(any(list(of_clean(dice))) for _ in range(count))
    kinds = ", ".join(f"{name.replace('_', ' ')} {times}" for name, times in Counter(names).most_common())
    return (
        _row("a ledger that was edited", "edits", count, missed, f"By kind: {kinds}."),
        _row("a ledger that was not edited", "ledgers", count, accused, "None of them was accused."),
    )


def _row(fault: str, unit: str, times: int, wrong: int, remark: str) -> Outcome:
    return Outcome(
        fault=fault,
        times=times,
        unit=unit,
        forwards_without_decision=0,
        requests_lost=wrong,
        duplicate_decisions=0,
        remark=remark,
    )
