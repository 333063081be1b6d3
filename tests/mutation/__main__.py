"""Change the core on purpose and see whether a test notices: `python -m tests.mutation --count N`."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from random import Random

from tests.conftest import PROJECT
from tests.mutation.survivors import line_of

COPIED = ("pyproject.toml", "streams", "schemas", "tests")
# What is there for the policy and the ledger and needs no broker.
TESTS = ("tests/policy", "tests/ledger", "tests/properties/test_policy.py", "tests/properties/test_ledger.py")


def generated(folder: Path) -> list[str]:
    """Have the mutants written, and return their names."""
    for name in COPIED:
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    _run(folder, ["-m", "tests.mutation.generating"], {})
    found = (json.loads(path.read_text()) for path in (folder / "mutants").rglob("*.meta"))
    return sorted(name for meta in found for name in meta["exit_code_by_key"])


def outcomes_of(folder: Path, mutants: Sequence[str]) -> list[dict[str, object]]:
    """Run the tests against each of the mutants, and return how each ended."""
    work = folder / "outcomes"
    work.mkdir()
    (work / "mutants").write_text("\n".join(mutants))
    given = {"MUTANTS": str(work / "mutants"), "OUTCOMES": str(work / "outcomes")}
    plugins = ["-p", "tests.mutation.loop", "-p", "no:cacheprovider"]
    _run(folder / "mutants", ["-m", "pytest", "-q", *plugins, *TESTS], given)
    return [json.loads(line) for line in (work / "outcomes").read_text().splitlines()]


def _run(folder: Path, arguments: Sequence[str], given: dict[str, str]) -> None:
    environment = {**os.environ, "PYTHONPATH": str(folder), **given}
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        errors="replace",
    )
    if ran.returncode:
        sys.exit(f"{' '.join(arguments)}\n{ran.stdout[-4000:]}{ran.stderr[-4000:]}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("mutants", nargs="*", help="the names of those to run (default: all)")
    parser.add_argument("--count", type=int, help="how many mutants, drawn by the seed (default: all)")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="alpr-gate-mutants-") as name:
        folder = Path(name)
        every = generated(folder)
        asked = given.mutants or every
        drawn = asked if given.count is None else Random(given.seed).sample(asked, given.count)  # noqa: S311  # a draw that must repeat
        outcomes = outcomes_of(folder, drawn)
        survivors = sorted(str(each["mutant"]) for each in outcomes if not each["killed"])
        with chdir(folder):
            lines = [line_of(name) for name in survivors]
    print("\n".join(lines))  # a command's output
    share = 1 - len(survivors) / len(drawn)
    print(f"{len(drawn)} of {len(every)} mutants, {share:.1%} killed, {len(survivors)} survived")  # likewise
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
