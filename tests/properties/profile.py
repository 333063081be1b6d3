"""How long the machines of states run: short in the suite, long when HYPOTHESIS_LONG names how many times."""

import os
from typing import Any

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine

TIMES = int(os.environ.get("HYPOTHESIS_LONG", "1"))
EXAMPLES, STEPS = 10, 15


def machine(rules: type[RuleBasedStateMachine]) -> Any:
    """Return the test case that runs a machine."""
    case = rules.TestCase
    case.settings = settings(
        max_examples=EXAMPLES * TIMES, stateful_step_count=STEPS, derandomize=TIMES == 1, deadline=None
    )
    return case
