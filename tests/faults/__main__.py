"""`python -m tests.faults`: run fault campaigns from a seeded plan, and say what they cost.

It ends with 1 when a promise was broken. A campaign that cannot tell (something was not decided in time, or
the audit finds what the counts do not show) ends with its error, after the others.
"""

import argparse
import asyncio
import logging
import sys
import time
import traceback
from random import Random

from rich.console import Console

from streams.clock import SystemClock
from tests.faults.campaigns import CAMPAIGNS, Campaign
from tests.faults.outcome import Outcome
from tests.faults.report import HEAD, Ran, cells, write


def main(arguments: list[str]) -> int:
    """Run what the arguments name, and return the exit code."""
    given = parser().parse_args(arguments)
    chosen = [each for each in CAMPAIGNS if given.all or each.name in given.names]
    if not chosen:
        parser().print_help()
        return 2
    # The clients tell of every broker that is away; here they are away on purpose.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    console = Console(soft_wrap=True)
    console.print(" | ".join(HEAD), style="bold")
    rans = [ran for each in chosen if (ran := run_one(each, given, console)) is not None]
    if given.write:
        write(rans, SystemClock().now().date())
    sound = len(rans) == len(chosen) and all(row.sound for ran in rans for row in ran.rows)
    return 0 if sound else 1


def run_one(campaign: Campaign, given: argparse.Namespace, console: Console) -> Ran | None:
    """Run one campaign with dice of its own, so that its plan does not depend on which others are run."""
    begun = time.monotonic()
    try:
        rng = Random(f"{given.seed} {campaign.name}")
        rows = tuple(asyncio.run(collected(campaign, rng, given.scale)))
    except Exception:  # noqa: BLE001  # the others shall run all the same, and the exit code tells
        console.print(f"{campaign.name}: {traceback.format_exc()}", style="red", markup=False)
        return None
    for row in rows:
        console.print(" | ".join(cells(row)), style=None if row.sound else "red", markup=False)
    return Ran(campaign.name, rows, given.seed, given.scale, time.monotonic() - begun)


async def collected(campaign: Campaign, rng: Random, scale: float) -> list[Outcome]:
    return list(await campaign.run(rng, scale))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; its help lists the campaigns."""
    listed = "\n".join(f"  {each.name:<14}{each.about}" for each in CAMPAIGNS)
    made = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description="Inject faults into real processes on a real broker, and count what they cost.",
        epilog=f"campaigns:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("names", nargs="*", metavar="NAME", choices=[[], *(each.name for each in CAMPAIGNS)])
    made.add_argument("--all", action="store_true", help="run every campaign")
    made.add_argument("--seed", type=int, default=1, help="of the plan: what is done when (default 1)")
    made.add_argument("--scale", type=float, default=1.0, help="how much of it; 1.0 is what is published")
    made.add_argument("--write", action="store_true", help="put the figures into docs/reliability.*")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
