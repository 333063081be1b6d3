"""Fuzzing guided by coverage: one process for each target, which libFuzzer takes for itself and ends.

    python -m tests.fuzz.guided TARGET [libFuzzer's arguments] FOLDER

The folder has the seeds, and gets each input that reached something new.
"""

import gc
import sys
from pathlib import Path
from random import Random
from types import FunctionType

import atheris

from tests.fuzz.targets import TARGETS

PACKAGE = str(Path(__file__).parents[2] / "streams")


def is_ours(function: FunctionType) -> bool:
    """Tell whether a function is the project's, or compiled from one of its schemas."""
    return function.__code__.co_filename.startswith(PACKAGE) or "__name__" not in function.__globals__


def main(name: str, arguments: list[str]) -> None:
    """Fuzz one target; this does not return."""
    target = TARGETS[name]

    def mutated(data: bytes, most: int, seed: int) -> bytes:
        # Half by shape; the other half are libFuzzer's own, which follow what comparisons ask for.
        spoilt = target.mutate(data, Random(seed)) if seed % 2 else atheris.Mutate(data, most)  # noqa: S311
        return bytes(spoilt[:most])

    # Instrumented once all is imported: readers are compiled from schemas at import, by no import hook.
    for function in [each for each in gc.get_objects() if isinstance(each, FunctionType) and is_ours(each)]:
        atheris.instrument_func(function)
    atheris.Setup([name, *arguments], target.read, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
