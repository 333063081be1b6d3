"""What happens in a demonstration, in order; `told` says each step as it is taken.

Books first, then requests at a steady pace with a revocation among them, then the rest at once, then the
audit. Each waits for the one before, so that a number is of one thing: latency of a gate with room,
throughput of a full one.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from streams.books.acks import BoundReport
from streams.books.plan import planned_agreements, planned_entities, planned_policy, planned_revocation
from streams.books.register_plan import planned_users
from streams.books.revocation import revoke, settle
from streams.clock import Clock
from streams.demo.crowd import Sent, crowd
from streams.demo.material import Material
from streams.demo.playground import Playground
from streams.demo.watch import Seen, Watch, watch
from streams.errors import UnavailableError, UnlawfulChangeError
from streams.gate.audit import Audit, audit
from streams.policy.vocabulary import AgreementId

STEADY_PER_SECOND = 500
# Latency is measured at a steady pace, throughput on what is sent at once after it.
STEADY_SHARE = 0.4
# Seconds; ends a demonstration whose gate has stopped, and never one that is merely slow.
DECIDED_SECONDS = 90.0
BOUND_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """When an agreement was revoked, at which revision, and how far that binds.

    `produced_at` is UTC, taken once the revocation was committed; `bound` tells when each partition
    acknowledged it.
    """

    agreement_id: AgreementId
    produced_at: datetime
    bound: BoundReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """All that was measured; `burst_seconds` is from the first of the burst sent to the last decided."""

    seen: Seen
    sent: Sent
    burst_seconds: float
    revocation: Revocation | None
    audit: Audit


async def fill_books(
    ground: Playground, clock: Clock, material: Material, told: Callable[[str], None]
) -> None:
    """Have two custodians put policy, entities and agreements on the books; see an unlawful one refused.

    The policy comes before the users and the entities, and these before the agreements, which need them.

    Raises:
        InputError: something is wrong with the material itself.
        UnavailableError: the broker does not answer.
    """
    planners = (
        planned_policy(material.policy),
        planned_users(material.users),
        planned_entities(material.entities),
        planned_agreements(material.agreements),
    )
    settings, people = ground.settings, ground.people
    revision = -1
    for planner in planners:
        revision = (await people.agree(settings, clock, planner)).revision
    told(
        f"books: {len(material.entities)} entities, {len(material.agreements)} agreements, "
        f"{len(material.users)} users, policy of {material.policy.agency.name} "
        f"(requests at most {material.policy.request_max_age} old), revision {revision}"
    )
    told(f"each of it was proposed by {people.proposer.by} and approved by {people.approver.by}, signed")
    for agreement in material.unlawful:
        try:
            await people.agree(settings, clock, planned_agreements((agreement,)))
        except UnlawfulChangeError as error:
            told(f"an unlawful agreement was tried, and {error}")


async def play(ground: Playground, clock: Clock, material: Material, told: Callable[[str], None]) -> Played:
    """Send everything, revoke half-way, wait until all is decided, and audit the ledger.

    Raises:
        UnavailableError: the gate has not decided what it was sent within 90 seconds, or the broker is gone.
    """
    messages, settings = material.messages, ground.settings
    steady = int(len(messages) * STEADY_SHARE)
    with _bars(len(messages)) as (on_sent, on_decided):
        async with watch(settings, clock, on_decided) as watching, crowd(settings, clock, on_sent) as senders:
            await senders.steadily(messages[: steady // 2], STEADY_PER_SECOND)
            # While requests come in: a revocation on an idle gate would prove little.
            revocation, _ = await asyncio.gather(
                _revoke(ground, clock, material.to_revoke),
                senders.steadily(messages[steady // 2 : steady], STEADY_PER_SECOND),
            )
            await _decided(watching, steady)
            # Only when the steady ones are through, or their queue would count as part of the burst.
            burst_began = clock.monotonic()
            await senders.at_once(messages[steady:])
            await _decided(watching, len(messages))
            burst_seconds = clock.monotonic() - burst_began
    told("everything is decided; auditing the ledger")
    return Played(
        seen=watching.seen,
        sent=senders.sent,
        burst_seconds=burst_seconds,
        revocation=revocation,
        audit=await audit(settings, clock.now()),
    )


async def _revoke(ground: Playground, clock: Clock, agreement_id: AgreementId | None) -> Revocation | None:
    if agreement_id is None:
        return None
    settings = ground.settings
    # On the signature of one: a revocation waits for nobody.
    revoked = await revoke(settings, clock, planned_revocation(agreement_id), ground.people.approver)
    # After the commit: what counts is how long a forward was possible although the revocation was on record.
    produced_at = clock.now()
    settled = await settle(settings, clock, revoked, BOUND_SECONDS)
    return Revocation(agreement_id=agreement_id, produced_at=produced_at, bound=settled.bound)


async def _decided(watching: Watch, accounted: int) -> None:
    """Wait until so many inputs have their record."""
    try:
        await asyncio.wait_for(watching.until(accounted), DECIDED_SECONDS)
    except TimeoutError as error:
        raise UnavailableError(
            f"only {len(watching.seen.read_at)} of {accounted} requests were decided in {DECIDED_SECONDS:g} s"
        ) from error


@contextmanager
def _bars(total: int) -> Iterator[tuple[Callable[[int], None], Callable[[int], None]]]:
    """Show how many are sent and decided; yield what to call with each number."""
    columns = (TextColumn("{task.description:>8}"), BarColumn(40), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        sent = progress.add_task("sent", total=total)
        decided = progress.add_task("decided", total=total)
        yield (
            lambda number: progress.update(sent, completed=number),
            lambda number: progress.update(decided, completed=number),
        )
