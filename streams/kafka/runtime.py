"""What every part of one worker shares: its settings, its clock and its metrics."""

from dataclasses import dataclass

from streams.clock import Clock
from streams.metrics import Metrics
from streams.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """One worker's settings, clock and metrics.

    Made once, in the composition root, and handed down; nothing below looks for any of them elsewhere.
    """

    settings: Settings
    clock: Clock
    metrics: Metrics
