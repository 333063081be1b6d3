"""The mutants that may survive, each group with its reason: `survivors.txt`.

A name says which function and the how-manieth change of it, and that number moves when the function is
edited. So each line has the change as well, and a test fails for one that is not the change any more.
"""

from pathlib import Path

from mutmut.__main__ import get_diff_for_mutant

LIST = Path(__file__).parent / "survivors.txt"
_BETWEEN = " | "


def explained() -> dict[str, str]:
    """Return what each of the listed mutants changes, by its name."""
    listed = (line.partition(_BETWEEN) for line in LIST.read_text(encoding="utf-8").splitlines())
    return {name: change for name, parted, change in listed if parted}


def change_of(mutant: str) -> str:
    """Return what the mutant changes, of those that were written below the working directory."""
    module = mutant.rpartition(".")[0].replace(".", "/")
    path = f"{module}.py" if Path(f"mutants/{module}.py").exists() else f"{module}/__init__.py"
    lines = get_diff_for_mutant(mutant, path=path).splitlines()
    added = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    removed = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    return " ".join(filter(None, added)) or "without " + " ".join(filter(None, removed))


def line_of(mutant: str) -> str:
    """Return the line by which the list names a mutant."""
    return f"{mutant}{_BETWEEN}{change_of(mutant)}"
