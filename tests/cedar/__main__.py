"""`python -m tests.cedar`: compare the gate with Cedar on generated requests, and tell what came out.

It ends with 1 when the two disagree on a verdict. `python -m tests.faults cedar --write` publishes the
figures.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from random import Random

from tests.cedar.campaign import REQUESTS, outcome_of
from tests.cedar.comparison import Disagreement, compare
from tests.cedar.sheets import sheets


def main(arguments: list[str]) -> int:
    """Compare as the arguments say, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.cedar")
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    begun = time.monotonic()
    comparison = compare(sheets(Random(given.seed), given.requests))  # noqa: S311  # dice that can be thrown again
    row = outcome_of(comparison)
    print(
        json.dumps({**asdict(row), "seed": given.seed, "seconds": round(time.monotonic() - begun)}, indent=2)
    )
    for code, times in comparison.codes.most_common():
        print(f"{times:>9,}  {code}")
    for one in (*comparison.disagreements, *comparison.other_reasons)[:10]:
        print(told(one))
    return 0 if row.sound else 1


def told(one: Disagreement) -> str:
    """Return what both say of the request."""
    ours = sorted(reason.code for reason in one.ours.reasons)
    return f"\nthe gate: {one.ours.verdict} {ours}\nCedar: {sorted(one.cedars)}\n{one.request}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
