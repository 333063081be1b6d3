"""The seconds that the steps of a transaction take."""

from streams.clock import Clock


class Stopwatch:
    """Laps by name, in seconds; a step that is made again adds to its lap.

    It reads the monotonic time, so a wall clock that is set meanwhile makes no lap negative.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since = clock.monotonic()
        self.laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """End the step that began with the lap before, or with the stopwatch."""
        now = self._clock.monotonic()
        self.laps[name] = self.laps.get(name, 0.0) + now - self._since
        self._since = now
