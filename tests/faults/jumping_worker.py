"""A worker whose clock an hour is added to at SIGRTMIN and taken from at SIGRTMAX.

`python -m tests.faults.jumping_worker` runs as `alpr-gate run` does, but by that clock.
"""

import signal
import sys
from datetime import timedelta
from types import FrameType

import streams.app
import streams.cli.run
from streams.app import GateApp
from streams.cli import main
from streams.clock import SystemClock
from streams.settings import Settings

STEPS = {signal.SIGRTMIN: timedelta(hours=1), signal.SIGRTMAX: timedelta(hours=-1)}


class JumpingClock(SystemClock):
    """The machine's clock, whose wall time somebody sets wrong; the monotonic time nobody can set."""

    def jump(self, number: int, _frame: FrameType | None) -> None:
        """Jump as the signal says."""
        self._offset += STEPS[signal.Signals(number)]
        sys.stderr.write(f"the clock is wrong by {self._offset.total_seconds():+.0f} s\n")


def build(settings: Settings) -> GateApp:
    """Build a worker that goes by such a clock."""
    clock = JumpingClock()
    for number in STEPS:
        signal.signal(number, clock.jump)
    return streams.app.build(settings, clock=clock)


if __name__ == "__main__":
    streams.cli.run.build = build  # type: ignore[attr-defined,assignment]
    sys.argv = ["alpr-gate", "run"]
    main()
