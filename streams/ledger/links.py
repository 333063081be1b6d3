"""Verification of a plain chain: records that continue one another, whatever they say.

It finds the first position that was altered, dropped, added or moved. The rules that the records of the
gate's own ledger keep beyond that are in `streams.ledger.verify`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from streams.errors import CodecError
from streams.ledger.flaws import Flaw, Problem
from streams.ledger.record import GENESIS_PREVIOUS


class Link(Protocol):
    """A record of any chain."""

    @property
    def seq(self) -> int:
        """Return its place, counted from 0."""
        ...

    @property
    def prev_hash(self) -> bytes:
        """Return the hash of the one before."""
        ...

    @property
    def hash(self) -> bytes:
        """Return its own hash."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksReport:
    """What verification found: `count` good records from the start, the hash of the last, and a problem."""

    count: int
    head_hash: bytes
    problem: Problem | None


def verify_links(
    values: Iterable[bytes | None], read_link: Callable[[bytes | None], tuple[Link, bytes]]
) -> LinksReport:
    """Return the report on a whole chain, in order from the beginning.

    `read_link` gives a record, and the hash that its bytes ought to carry.
    """
    count, previous = 0, GENESIS_PREVIOUS
    for value in values:
        problem = _problem(count, previous, value, read_link)
        if isinstance(problem, Problem):
            return LinksReport(count=count, head_hash=previous, problem=problem)
        count, previous = count + 1, problem
    return LinksReport(count=count, head_hash=previous, problem=None)


def _problem(
    place: int,
    previous: bytes,
    value: bytes | None,
    read_link: Callable[[bytes | None], tuple[Link, bytes]],
) -> Problem | bytes:
    """Return what is wrong with the value at that place, or its hash."""
    try:
        link, own_hash = read_link(value)
    except CodecError as error:
        return Problem(position=place, flaw=Flaw.UNREADABLE, detail=str(error))
    # Before all other checks: nothing that an altered record says can be believed.
    if link.hash != own_hash:
        return Problem(position=place, flaw=Flaw.ALTERED)
    if link.seq != place:
        return Problem(position=place, flaw=Flaw.WRONG_SEQ)
    if link.prev_hash != previous:
        return Problem(position=place, flaw=Flaw.BROKEN_LINK)
    return own_hash
