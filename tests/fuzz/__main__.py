"""Fuzz every reader of bytes from outside, or the targets that are named.

    python -m tests.fuzz [TARGET …] [--inputs N] [--seed S]

It ends with 1 when an input did not end as documented; such an input is kept in tests/fuzz/corpus.
"""

import argparse
import asyncio
import sys

from tests.fuzz.session import Reached, fuzz
from tests.fuzz.targets import TARGETS

WHOLE = 1_000_000


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"any of {', '.join(TARGETS)}")
    parser.add_argument("--inputs", type=int, default=WHOLE, help="how many in all")
    parser.add_argument("--seed", type=int, default=1, help="the same seed tries the same")
    options = parser.parse_args()
    unknown = set(options.targets) - set(TARGETS)
    if unknown:
        parser.error(f"no target `{min(unknown)}`")
    return options


async def main() -> int:
    """Fuzz, say what each target came to, and return the exit code."""
    options, inputs, findings = _options(), 0, 0
    async for reached in fuzz(tuple(options.targets or TARGETS), options.inputs, options.seed):
        print(_line(reached), flush=True)  # noqa: T201  # this is a command
        inputs, findings = inputs + reached.inputs, findings + len(reached.findings)
    print(f"{inputs:,} inputs, {findings} findings")  # noqa: T201  # likewise
    return 1 if findings else 0


def _line(reached: Reached) -> str:
    line = f"{reached.target:20} {reached.inputs:9,} inputs  {reached.before:5} to {reached.after:5} edges"
    return "\n".join([line, *map(str, reached.findings), reached.said]).rstrip()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
