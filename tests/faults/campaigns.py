"""The fault campaigns by name: what `make faults` runs, in this order."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from random import Random

from tests.cedar.campaign import opinions
from tests.faults import books, brokers, clocks, kills, topics, wires, zombies
from tests.faults.outcome import Outcome
from tests.fuzz.campaign import fuzzing
from tests.hostile.campaign import hostile
from tests.tampering.campaign import tampering

# Gets the campaign's own random numbers and how much of it to do: 1.0 is the whole, as published.
Run = Callable[[Random, float], Awaitable[Iterable[Outcome]]]


@dataclass(frozen=True, slots=True)
class Campaign:
    """One group of faults that share a set-up; `about` is its line in the command's list."""

    name: str
    about: str
    run: Run


CAMPAIGNS: tuple[Campaign, ...] = (
    Campaign("steps", "SIGKILL of a worker at each step of a batch and of a recovery", kills.steps),
    Campaign("random", "SIGKILL of one of three workers at any time", kills.randomly),
    Campaign("zombies", "SIGSTOP of a worker beyond its session, then SIGCONT", zombies.zombies),
    Campaign("storm", "workers that join and leave every few seconds", zombies.storm),
    Campaign("broker", "the only broker killed and started again", brokers.crashes),
    Campaign("coordinator", "that one of three brokers killed that coordinates", brokers.coordinators),
    Campaign("disk", "the broker's disk full", brokers.full),
    Campaign("network", "a network that is slow, silent and cut", wires.network_faults),
    Campaign("recipients", "recipients' topics deleted", topics.recipients),
    Campaign("topics", "the ledger's topic deleted, partitions added to the requests", topics.own_topics),
    Campaign("books", "books that are silent, erased, spoilt, compacted, contested, revoked", books.books),
    Campaign("clocks", "a worker's clock that jumps by an hour", clocks.jumps),
    Campaign("fuzz", "a million spoilt inputs on everything that reads bytes from outside", fuzzing),
    Campaign("hostile", "spoilt requests and batches for a gate that runs", hostile),
    Campaign("tampering", "ten thousand edits of ledgers, and as many clean ones", tampering),
    Campaign("cedar", "each decision beside the one that Cedar takes", opinions),
)
