"""What a draft counts for the metrics while it decides.

The counts are told after the commit only. A draft that is thrown away takes its counts with it, so what was
decided twice because the books changed is counted once.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.kafka.stage import Timing
from streams.metric_names import Step
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


def steps_of(timing: Timing, arrivals: Sequence[int], commit_ms: float) -> dict[Step, float]:
    """Return the seconds of each step; waiting is what is left of the time since the first arrival."""
    steps = {Step(step): seconds for step, seconds in timing.steps.items()}
    if arrivals:
        total = max(0.0, (commit_ms - min(arrivals)) / 1000)
        steps |= {Step.TOTAL: total, Step.WAIT: max(0.0, total - sum(timing.steps.values()))}
    return steps
