"""The fault campaigns by name: what `make faults` runs, in this order."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from random import Random

from tests.faults.outcome import Outcome

# Gets the campaign's own random numbers and how much of it to do: 1.0 is the whole, as published.
Run = Callable[[Random, float], Awaitable[Iterable[Outcome]]]


@dataclass(frozen=True, slots=True)
class Campaign:
    """One group of faults that share a set-up; `about` is its line in the command's list."""

    name: str
    about: str
    run: Run


CAMPAIGNS: tuple[Campaign, ...] = ()
