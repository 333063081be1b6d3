"""What a draft counts for the metrics while it decides.

The counts are told after the commit only. A draft that is thrown away takes its counts with it, so what was
decided twice because the books changed is counted once.
"""

from collections import Counter
from dataclasses import dataclass, field

from streams.metrics import Counted
from streams.policy.decision import Decision
from streams.policy.vocabulary import RecordKind, Verdict

_FORWARDED = Counted(Verdict.FORWARD, None, None)


@dataclass(slots=True)
class Tally:
    """Counts of one draft; `arrivals` are the Kafka timestamps of its records, in milliseconds."""

    decisions: Counter[Counted] = field(default_factory=Counter)
    kinds: Counter[RecordKind] = field(default_factory=Counter)
    arrivals: list[int] = field(default_factory=list)
    dead_letters: int = 0
    rerouted: int = 0

    def decided(self, decision: Decision) -> None:
        """Count a decision or a resolution; a repeat decides nothing and is counted by kind alone."""
        # What was forwarded, which is most, has no reasons to look for the leading one among.
        self.decisions[Counted.of(decision) if decision.reasons else _FORWARDED] += 1
