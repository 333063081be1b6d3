"""Example books in every installation: Special Order 31 as policy, a registry; the rest is invented."""

from importlib.resources import as_file, files
from pathlib import Path

NAMES = (
    "policy.yaml", "registry.yaml", "agreements.yaml", "evidence_holds.yaml", "policy_text.yaml",
    "processors.yaml", "users.yaml", "mappings/verkada.yaml", "mappings/plain_csv.yaml",
)  # fmt: skip


def example_path(name: str) -> Path:
    """Return the path of one of `NAMES` in this installation."""
    with as_file(files(__name__).joinpath(name)) as path:
        return path


def read_example(name: str) -> str:
    """Return the text of one of `NAMES`."""
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
